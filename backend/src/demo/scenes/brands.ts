import { order, type Scene } from './scene.ts';

/** Some of its troubles are issues of the developers in Jira (issues.ts). */
export const TEA: readonly Scene[] = [
  {
    tags: ['question'],
    good: 0,
    turns: [
      ['c', 'How strong is the {item}? We drink kadak with milk'],
      ['a', 'It stands up to milk very well. Two spoons for three cups, boiled for four minutes.'],
      ['c', 'And shelf life?'],
      ['a', 'Twelve months sealed, three after opening. Please keep it away from the stove.'],
      ['c', 'Great, ordering now'],
    ],
  },
  {
    tags: ['website'],
    turns: [
      ['c', 'Your website does not let me pick the 500 g pack, the button is grey'],
      ['n', 'Known: CK-12, the product feed drops variants. Developers are on it.'],
      ['a', 'Thank you for telling us. The 500 g pack is missing by mistake. I can place the order for you here.'],
      ['c', 'Please do, one pack'],
    ],
  },
  {
    tags: ['invoice'],
    ...order('paid', 'delivered', [4, 7]),
    turns: [
      ['c', 'There is no GST number on the label of {order}. Our accounts will not take it'],
      ['n', 'Same as CK-7 (label without the GST number). Sending the invoice by hand until it is fixed.'],
      ['a', '[document] invoice.pdf'],
      ['a', 'Sorry for the trouble. Here is the invoice for {amount} with our GSTIN.'],
      ['c', 'This works, thanks'],
    ],
  },
  {
    tags: ['bulk order'],
    turns: [
      ['c', 'We need {bulk} pieces of the {item} for wedding gifting in Udaipur. What would it come to?'],
      [
        'a',
        'Congratulations! {bulk} at {price} each is {bulkTotal}, with name cards printed free. By when do you need them?',
      ],
      ['c', 'By the 20th, at the venue'],
      ['n', 'Asked the warehouse: enough in stock. Can promise.'],
      ['a', 'We can be there by the 18th. Shall I send a quote to this number?'],
      ['c', 'Yes, and a GST invoice is needed'],
    ],
  },
];

export const LOOM: readonly Scene[] = [
  {
    tags: ['exchange'],
    good: 1,
    ...order('paid', 'delivered', [4, 8]),
    turns: [
      ['c', 'The kurta in {order} is a little tight at the shoulders. Could I have the next size?'],
      ['a', 'Of course. L is in stock. We bring it and take the M back at the same time.'],
      ['c', 'Does the print differ from piece to piece?'],
      ['a', 'Slightly, each is printed by hand. I can send a photo of the very piece.'],
      ['a', '[image] This is the one, in daylight'],
      ['c', 'Beautiful. Yes please'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Does the indigo bleed in the first wash?'],
      ['a', 'A little, as natural indigo does. Wash it alone in cold water twice, with a spoon of salt.'],
      ['c', 'And ironing?'],
      ['a', 'On the reverse, medium heat.'],
      ['c', 'Thank you, very helpful'],
    ],
  },
  {
    tags: ['question'],
    ad: { title: 'Ajrakh, dyed eleven times', text: 'Block-printed in Bhuj. See how a stole is made.' },
    turns: [
      ['c', 'Which artisans make these? I teach textile design and would love to visit'],
      ['a', 'A family of printers near Bhuj, for nine generations. They welcome visitors from November to February.'],
      ['c', '[people]'],
      ['c', 'This is my colleague, she would come along'],
    ],
  },
];

export const SKIN: readonly Scene[] = [
  {
    tags: ['question'],
    turns: [
      ['c', 'I have oily skin and some acne. Which one should I take?'],
      [
        'a',
        'The neem face wash, twice a day, and nothing oily in the first two weeks. We are no doctors, so please ask one if it hurts.',
      ],
      ['c', 'And can I use kumkumadi oil at night?'],
      ['a', 'For oily skin two drops are enough, three nights a week.'],
      ['c', 'Ok will try'],
    ],
  },
  {
    tags: ['complaint'],
    good: 1,
    ...order('paid', 'delivered', [8, 12]),
    turns: [
      ['c', 'My skin is red after using the {item} from {order}. Is this normal?'],
      ['a', 'Please stop using it today and rinse with cool water. Do you have any known allergy?'],
      ['c', '[image] Since yesterday evening'],
      ['n', 'Reported to Vanam’s pharmacist, batch VN-0926. Do not advise anything further before she answers.'],
      ['a', 'Our pharmacist calls you within the hour. {amount} is refunded in any case.'],
    ],
  },
];

export const BABY: readonly Scene[] = [
  {
    tags: ['question'],
    turns: [
      ['c', 'Is the paint on the stacking rings safe? My son puts everything in his mouth 😅'],
      ['a', 'They all do! The colours are vegetable dyes sealed with beeswax, tested to IS 9873.'],
      ['c', 'Could I see the certificate?'],
      ['a', '[document] is-9873-certificate.pdf'],
      ['c', 'Super, thank you'],
    ],
  },
  {
    tags: ['gift'],
    ...order('paid', 'packed', [0, 1]),
    turns: [
      ['c', 'Can you put a note into {order}? It is for a naming ceremony'],
      ['a', 'Gladly. What should it say?'],
      ['c', '"Welcome little Aahana, with love from Mashi and Mesho"'],
      ['a', 'Written by hand and packed. It leaves this evening, AWB {awb}.'],
      ['c', '[sticker]'],
    ],
  },
];

export const AUDIO: readonly Scene[] = [
  {
    tags: ['warranty'],
    good: 1,
    ...order('paid', 'delivered', [10, 16]),
    turns: [
      ['c', 'Left earbud charge nahi ho raha. {order}'],
      ['a', 'Case mein 10 second button daba kar reset kijiye, phir 30 minute charge.'],
      ['c', 'Kar liya, light hi nahi jal rahi'],
      ['n', 'Bad batch of week 44, everybody with this gets a replacement.'],
      ['a', 'Replacement bhej rahe hain. Pickup kal hoga, koi charge nahi.'],
      ['c', 'Kitne din lagenge?'],
    ],
  },
  {
    tags: ['warranty'],
    good: 2,
    ...order('paid', 'delivered', [8, 14]),
    turns: [
      ['c', 'Bluetooth baar baar disconnect ho raha hai {item} ka'],
      ['c', '[video] Dekhiye'],
      ['a', 'Phone aur model bata dijiye?'],
      ['c', 'Redmi Note 13'],
      ['a', 'Is phone ke liye naya firmware hai, link app mein. Usse theek ho jana chahiye.'],
      ['c', 'App crash ho raha hai'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Dhol 2 waterproof hai kya? Pool party hai'],
      ['a', 'IPX5 hai, paani ke chheente chalega. Pool mein mat giraiyega 🙂'],
      ['c', 'Battery?'],
      ['a', '12 ghante, aadhe volume par.'],
      ['c', 'Done bhai'],
    ],
  },
  {
    tags: ['warranty'],
    good: 1,
    ...order('paid', 'delivered', [6, 12]),
    turns: [
      ['c', 'Sound sirf ek taraf aa raha hai'],
      ['c', 'Order {order}, bill bhi hai'],
      ['c', '[image] Bill'],
      ['a', 'Bill mil gaya. Serial number box ke neeche hai, woh bhi bhej dijiye.'],
      ['c', '[image] Serial number'],
      ['a', 'Registered. Service centre kal call karega.'],
    ],
  },
  {
    tags: ['warranty'],
    good: 0,
    ...order('paid', 'returning', [10, 14]),
    turns: [
      ['c', 'Repair ke liye diya tha, ab tak wapas nahi aaya. {order}'],
      ['a', 'Service centre ke raste mein hai, AWB {awb}. Pahunchte hi 4 din lagte hain.'],
      ['c', 'Pehle bola tha 4 din total'],
    ],
  },
  {
    tags: ['order status'],
    ...order('paid', 'moving', [5, 8]),
    turns: [
      ['c', 'Sale wala order {order} kab aayega, {placed} ka hai'],
      ['c', 'Amazon pe 2 din mein aa jata'],
      ['a', 'Sale mein bahut order aaye, sorry. AWB {awb}, kal tak.'],
      ['c', 'Kal pakka?'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Koi hai?'],
      ['c', 'Neckband Pro black mein kab aayega'],
    ],
  },
];

export const HOME: readonly Scene[] = [
  {
    tags: ['damaged'],
    good: 1,
    ...order('paid', 'delivered', [4, 7]),
    turns: [
      ['c', 'Two plates of the dinner set in {order} have hairline cracks'],
      ['c', '[image] First one'],
      ['c', '[image] And the second'],
      ['a', 'So sorry. We keep spare plates of each firing, two go out today in a wooden box.'],
      ['n', 'Shade 14B. Spare plates are on the left shelf.'],
      ['c', 'That is kind, thank you'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Is the glaze safe for the microwave and dishwasher?'],
      ['a', 'Microwave yes, dishwasher on the gentle cycle. No lead in the glaze.'],
      ['c', '[location]'],
      ['c', 'Do you deliver here? It is a farmhouse, no lift for trucks'],
      ['a', 'We do, with our own van, on Thursdays.'],
      ['c', 'Thursday is fine'],
    ],
  },
];

export const CYCLE: readonly Scene[] = [
  {
    tags: ['complaint'],
    good: 0,
    ...order('paid', 'delivered', [5, 9]),
    turns: [
      ['c', 'HELMET STRAP CAME OFF ON THE FIRST RIDE. This is a SAFETY item!!'],
      ['c', '[image] Look at the rivet'],
      ['a', 'Please do not ride with it. We replace it at once and have stopped selling that lot. Order {order}?'],
      ['c', 'Yes. And who pays for my ride to the doctor'],
      ['n', 'Legal informed. Nobody answers the part about the doctor before Kavita has.'],
      ['a', 'I have passed this on to the owner of the agency and to Pedal Bharat. You hear from them today.'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Will the rear light fit a 31.6 seat post?'],
      ['a', 'Yes, the rubber strap fits 22 to 35 mm.'],
      ['c', 'ok'],
    ],
  },
];

export const PETS: readonly Scene[] = [
  {
    tags: ['question'],
    good: 0,
    turns: [
      ['c', 'My indie pup is 4 months, 9 kg. How much of the {item} per day?'],
      ['a', 'About 220 g a day in three meals. What is the hero’s name?'],
      ['c', '[image] Meet {pet}'],
      ['a', '{pet} has won the office. Please switch foods over a week, a little more each day.'],
      ['c', 'Will do 😄'],
    ],
  },
  {
    tags: ['subscription'],
    good: 0,
    ...order('paid', 'delivered', [6, 10]),
    turns: [
      ['c', 'Can I get {order} again every month without asking?'],
      ['a', 'Yes, as a subscription. {amount} each month, pause whenever you like.'],
      ['c', 'Start from the 1st please'],
      ['a', 'Set. You get a message two days before each parcel.'],
    ],
  },
];

export const FITNESS: readonly Scene[] = [
  {
    tags: ['question'],
    good: 2,
    turns: [
      ['c', 'Whey asli hai na? Code kahan check karein'],
      ['a', 'Dhakkan ke neeche QR hai, scan karke batch report dikh jayegi.'],
      ['c', 'Flavour konsa best hai'],
      ['a', 'Malai kulfi sabse zyada bik raha hai 😄'],
      ['c', 'Ek bhej do, {price} na?'],
    ],
  },
  {
    tags: ['damaged'],
    good: 2,
    ...order('paid', 'delivered', [4, 6]),
    turns: [
      ['c', 'Seal toota hua aaya whey ka, {order}'],
      ['c', '[image] Ye dekho'],
      ['a', 'Isko use mat kijiye. Naya bhej rahe hain, purana courier wapas le jayega.'],
      ['c', 'Gym mein kya bolun bhai, jaldi bhejo'],
    ],
  },
];

/** Firms that write as one writes letters. */
export const BUSINESS: readonly Scene[] = [
  {
    tags: ['quote'],
    turns: [
      [
        'c',
        'Dear Sir or Madam,\n\nGreetings from {firm}. We intend to present each of our colleagues with a {item} at the annual meeting and would require {bulk} pieces. May I request you to kindly share your best quotation, including GST and freight, along with the expected time of delivery and your bank details?\n\nA specimen for approval of the print would be highly appreciated.\n\nWarm regards,\n{signed}\nAdministration, {firm}',
      ],
      [
        'a',
        'Dear {signed},\n\nThank you for considering Rangoli Stationers. {bulk} pieces at {price} each come to {bulkTotal}, GST and freight included. We deliver within twelve working days of your approval of the specimen, which leaves here tomorrow by Speed Post.\n\nThe formal quotation follows.',
      ],
      ['a', '[document] quotation.pdf'],
      ['n', 'Foil stamping needs 4 days more than plain print. Asked the press in Chinchwad.'],
      [
        'c',
        'Dear Team,\n\nMany thanks for the prompt and detailed reply. The quotation has been placed before our committee, which meets on Thursday. May I take the liberty of asking whether the logo could be stamped in copper foil instead of silver, and whether that would alter the price?\n\nWith best wishes,\n{signed}',
      ],
    ],
  },
  {
    tags: ['invoice'],
    ...order('paid', 'delivered', [9, 14], [20, 60]),
    turns: [
      [
        'c',
        'Respected Team,\n\nThis is with reference to our order {order} for {qty} pieces of {item}, amounting to {amount}. While the goods have been received in excellent condition, we observe that the invoice mentions our former address. As our auditors are particular in this regard, may we request a revised invoice at your earliest convenience?\n\nThanking you,\n{signed}\nAccounts, {firm}',
      ],
      ['c', '[document] address-proof.pdf'],
      [
        'a',
        'Dear {signed},\n\nThank you for pointing this out, and please accept our apologies. The revised invoice for {amount} with the new address is attached; the earlier one stands cancelled by a credit note.',
      ],
      ['a', '[document] revised-invoice.pdf'],
      ['c', 'Dear Team,\n\nReceived with thanks. Much obliged for the swift correction.\n\n{signed}'],
    ],
  },
  {
    tags: ['order status'],
    ...order('paid', 'moving', [4, 6], [30, 80]),
    turns: [
      [
        'c',
        'Good morning. I am writing on behalf of {firm} regarding {order} ({qty} pieces, {amount}), placed on {placed}. Our annual function is on Saturday, and our director has asked me to make sure that everything arrives at least one day before. Could you please let us know where the consignment is at present?',
      ],
      [
        'a',
        'Good morning. The consignment travels with Delhivery under AWB {awb} and is due tomorrow. I shall watch it myself and write to you as soon as it is out for delivery.',
      ],
      ['c', 'That is most reassuring. Thank you for your kind attention.'],
    ],
  },
  {
    tags: ['payment'],
    ...order('pending', 'none', [1, 2], [20, 50]),
    turns: [
      [
        'c',
        'Dear Accounts Team,\n\nKindly note that {amount} towards {order} has been remitted today. Please confirm the receipt, and dispatch the {qty} pieces of {item} at the earliest.\n\nRegards,\n{signed}\n{firm}',
      ],
      [
        'a',
        'Dear {signed},\n\nThank you. The bank shows {order} as processing at this moment. The goods are packed, and leave on the day on which {amount} is credited.',
      ],
      ['c', 'Noted with thanks. I shall send the bank’s reference by tomorrow.'],
    ],
  },
  {
    tags: ['samples'],
    turns: [
      [
        'c',
        'Hello, we at {firm} are preparing the welcome kit of next year. Before we decide, would it be possible to see the {item} and the paper in person? We are of course glad to pay for the samples.',
      ],
      [
        'a',
        'With pleasure, and samples are free for firms. May I have the address and the name of the person at the desk?',
      ],
      ['c', '[people]'],
      ['c', '[location]'],
      ['a', 'Thank you. The parcel is on its way to her by Thursday.'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      [
        'c',
        'Good afternoon. Might I enquire whether the {item} is available with a plain cover, that is to say without any print? Our board prefers a sober appearance. We would need roughly {bulk} pieces in the first quarter, and I would be grateful for an indication of the price.',
      ],
      [
        'a',
        'Good afternoon. Yes, plain covers in navy, maroon and bottle green are in stock. At {price} each, {bulk} pieces would come to {bulkTotal}. Shall I reserve them?',
      ],
      ['c', 'Kindly do so for a fortnight. I shall revert after the meeting of the board.'],
    ],
  },
  {
    tags: ['damaged'],
    ...order('paid', 'delivered', [6, 9], [20, 60]),
    turns: [
      [
        'c',
        'Dear Team,\n\nWe have received {order}. I regret to inform you that one of the cartons was wet, and that nine of the {qty} pieces cannot be handed to our guests. Photographs are enclosed. Please advise how you would like to proceed.\n\nSincerely,\n{signed}\n{firm}',
      ],
      ['c', '[image] Carton 3 of 4'],
      ['c', '[image] Some of the pieces'],
      ['n', 'Nine pieces are in the store room. Charge them to Delhivery, AWB {awb}.'],
      [
        'a',
        'Dear {signed},\n\nThank you for the photographs, and I am very sorry. Nine new pieces leave here today by hand of our own driver, free of charge. Nothing needs to be returned.',
      ],
      ['c', 'That is handsomely done. Much appreciated.'],
    ],
  },
  {
    tags: ['vendor form'],
    turns: [
      [
        'c',
        'Dear Sir or Madam,\n\nTo place orders with you, {firm} requires you to be registered as a vendor. Kindly fill in the enclosed form and return it with a cancelled cheque and a copy of the GST certificate.\n\nRegards,\n{signed}\nProcurement',
      ],
      ['c', '[document] vendor-registration.pdf'],
      ['a', 'Dear {signed},\n\nThank you. The form goes to our accountant today and is back with you by Friday.'],
      ['n', 'Form is with Kavita for the signature. They ask for 60 days of credit, we give 30.'],
    ],
  },
  {
    tags: ['quote'],
    turns: [
      [
        'c',
        'Respected Sir or Madam, we are planning the Founders’ Day of {firm} and are looking for a small and dignified gift. Could {bulk} pieces of the {item} be wrapped one by one, with a card in Hindi and in English? The text would be supplied by us.',
      ],
      [
        'a',
        'With pleasure. {bulk} pieces at {price} come to {bulkTotal}, the wrapping and the card in both languages included.',
      ],
      ['c', 'Thank you. May I also ask for the latest date on which you would need the text?'],
      ['a', 'Ten days before delivery, please.'],
      ['c', 'Very good. You shall have it in time.'],
    ],
  },
];

export const STOPS: readonly Scene[] = [
  {
    tags: [],
    turns: [
      ['t', 'New in the shop this week. Reply STOP if you do not want offers.'],
      ['c', 'Please stop sending offers every day. Order updates are fine'],
    ],
  },
];

export const OPT_OUT: readonly Scene[] = [
  {
    tags: [],
    ...order('paid', 'delivered', [9, 14]),
    turns: [
      ['c', 'Got {order}, thank you'],
      ['a', 'Happy to hear that! Enjoy it.'],
      ['c', 'STOP'],
    ],
  },
];
