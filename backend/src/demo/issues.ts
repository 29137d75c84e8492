/** Issues of Chai Katha that notes between colleagues mention. */
export const DEMO_ISSUES: Readonly<Record<string, string>> = {
  'CK-7': 'Shipping label prints without the GST number',
  'CK-12': 'Product feed drops the 500 g variants',
};
