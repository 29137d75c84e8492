import type { AgencySettingsFields } from '@astrix/contract';

/** Fields that hold a number, as they are typed. */
export const NUMBERS = [
  'sessionIdleHours',
  'sessionLifeDays',
  'privilegedLifeHours',
  'offlineLeaseDays',
  'invitationsPerDay',
] as const;
type NumberField = (typeof NUMBERS)[number];

/** The settings as a form holds them; no number of devices means any number. */
export type Form = Omit<AgencySettingsFields, NumberField | 'devicesPerPerson'> &
  Readonly<Record<NumberField | 'devicesPerPerson', string>>;

/** The least and the most of each number, as the contract bounds them; the server decides. */
export const BOUNDS: Readonly<Record<NumberField | 'devicesPerPerson', readonly [number, number]>> = {
  sessionIdleHours: [1, 8],
  sessionLifeDays: [1, 30],
  privilegedLifeHours: [1, 12],
  offlineLeaseDays: [1, 3],
  devicesPerPerson: [1, 20],
  invitationsPerDay: [1, 500],
};

export const formOf = (settings: AgencySettingsFields): Form => ({
  ...settings,
  sessionIdleHours: String(settings.sessionIdleHours),
  sessionLifeDays: String(settings.sessionLifeDays),
  privilegedLifeHours: String(settings.privilegedLifeHours),
  offlineLeaseDays: String(settings.offlineLeaseDays),
  invitationsPerDay: String(settings.invitationsPerDay),
  devicesPerPerson: settings.devicesPerPerson === null ? '' : String(settings.devicesPerPerson),
});

export const settingsOf = (form: Form): AgencySettingsFields => ({
  ...form,
  sessionIdleHours: Number(form.sessionIdleHours),
  sessionLifeDays: Number(form.sessionLifeDays),
  privilegedLifeHours: Number(form.privilegedLifeHours),
  offlineLeaseDays: Number(form.offlineLeaseDays),
  invitationsPerDay: Number(form.invitationsPerDay),
  devicesPerPerson: form.devicesPerPerson.trim() === '' ? null : Number(form.devicesPerPerson),
});

/** What is wrong before the server is asked, as sentences by field. */
export function faultsBefore(form: Form): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const name of [...NUMBERS, 'devicesPerPerson'] as const) {
    const typed = form[name].trim();
    if (name === 'devicesPerPerson' && typed === '') continue;
    const [least, most] = BOUNDS[name];
    const isWithin = /^\d{1,4}$/.test(typed) && Number(typed) >= least && Number(typed) <= most;
    if (!isWithin) faults[name] = `Enter a whole number from ${least} to ${most}.`;
  }
  if (form.platforms.length === 0) faults.platforms = 'Leave at least one system on, or nobody can sign in.';
  return faults;
}

/** Whether the person has changed anything. The order in which systems were chosen does not count. */
export function isChanged(form: Form, kept: AgencySettingsFields): boolean {
  const sorted = (one: Form) =>
    JSON.stringify(
      Object.entries({ ...one, platforms: one.platforms.toSorted(), exportRoles: one.exportRoles.toSorted() }).toSorted(
        ([a], [b]) => a.localeCompare(b, 'en'),
      ),
    );
  return sorted(form) !== sorted(formOf(kept));
}
