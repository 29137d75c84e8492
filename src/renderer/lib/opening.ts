import type { ProfileFields } from '@astrix/contract';
import { openingAt } from '@astrix/contract/clients/hours';
import { dayOf, timeOf, weekdayOf } from './format.ts';

/** Whether a client is open, in words: “Open until 7:00 pm”, “Closed now · opens Mon 10:00 am”. Null while nobody has chosen hours. */
export function openingWords(
  profile: Pick<ProfileFields, 'hours' | 'holidays'>,
  now: Date,
): { readonly open: boolean; readonly says: string } | null {
  if (profile.hours === null) return null;
  const opening = openingAt(profile, now);
  if (opening.open)
    return {
      open: true,
      says: opening.until === null ? 'Open around the clock' : `Open until ${when(opening.until, now)}`,
    };
  const why = opening.holiday === null ? 'Closed now' : `Closed today, ${opening.holiday}`;
  if (opening.opensAt === null) return { open: false, says: `${why} · no opening in the next two weeks` };
  return { open: false, says: `${why} · opens ${when(opening.opensAt, now)}` };
}

/** The time alone where it is of today, else with its weekday. */
function when(at: Date, now: Date): string {
  const iso = at.toISOString();
  return dayOf(at) === dayOf(now) ? timeOf(iso) : `${weekdayOf(iso)} ${timeOf(iso)}`;
}
