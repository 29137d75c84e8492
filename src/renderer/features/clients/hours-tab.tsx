import type { ClientDirectoryRow, ClientProfileRow, Weekday, WorkingHours } from '@astrix/contract';
import { WEEKDAYS } from '@astrix/contract/clients/hours';
import { CopyPlus, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { useNow } from '../../lib/clock.ts';
import { openingWords } from '../../lib/opening.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FormFault } from '../../ui/field.tsx';
import { Part } from '../../ui/page.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useSaveProfile } from './use-save-profile.ts';

const DAY: Readonly<Record<Weekday, string>> = {
  ...{ mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday' },
  ...{ fri: 'Friday', sat: 'Saturday', sun: 'Sunday' },
};
const MOST_SPANS = 4;
const MOST_HOLIDAYS = 100;
/** With what an agency begins that has never chosen. */
const USUAL = [{ from: '10:00', to: '19:00' }];
const FIRST: WorkingHours = { mon: USUAL, tue: USUAL, wed: USUAL, thu: USUAL, fri: USUAL, sat: USUAL, sun: [] };

/** A time field has no 24:00: midnight at the end of a day is shown as 00:00. */
const shownEnd = (to: string) => (to === '24:00' ? '00:00' : to);
const keptEnd = (to: string) => (to === '00:00' ? '24:00' : to);

type Holiday = { readonly key: number; readonly date: string; readonly name: string };

/** When somebody answers for the client. It says at once what the hours mean now. */
export function HoursTab({
  client,
  profile,
}: {
  readonly client: ClientDirectoryRow;
  readonly profile: ClientProfileRow | null;
}) {
  const online = useOnline();
  const now = useNow(30);
  const [hours, setHours] = useState<WorkingHours | null>(profile?.hours ?? null);
  const [holidays, setHolidays] = useState<readonly Holiday[]>(
    (profile?.holidays ?? []).map((holiday, key) => ({ key, ...holiday })),
  );
  const days = WEEKDAYS.map(day => `hours.${day}`);
  const paths = holidays.map((_, n) => `holidays.${n}`);
  const { save, busy, faults } = useSaveProfile(client.id, profile, [...days, ...paths, 'hours', 'holidays']);
  const opening = openingWords({ hours, holidays: [...holidays] }, now);
  const setDay = (day: Weekday, spans: WorkingHours[Weekday]) => hours && setHours({ ...hours, [day]: spans });
  const addHoliday = () =>
    setHolidays([...holidays, { key: Math.max(-1, ...holidays.map(({ key }) => key)) + 1, date: '', name: '' }]);

  return (
    <form
      className="max-w-[920px]"
      noValidate
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault();
        void save({ hours, holidays: holidays.map(({ date, name }) => ({ date, name: name.trim() })) });
      }}
    >
      <Part
        title="Working hours"
        aside={
          <span role="status" className={opening && !opening.open ? 'text-waiting' : 'text-meta'}>
            {opening?.says ?? 'Counts as always open'}
          </span>
        }
      >
        <Switch
          label="This client has working hours"
          on={hours !== null}
          onChange={on => setHours(on ? (profile?.hours ?? FIRST) : null)}
        />
        {hours ? (
          <>
            <ul className="flex flex-col rounded-md border border-line bg-panel">
              {WEEKDAYS.map(day => (
                <Day
                  key={day}
                  day={day}
                  spans={hours[day]}
                  fault={faults.fields[`hours.${day}`] ?? null}
                  onChange={spans => setDay(day, spans)}
                  onCopy={() => setHours(Object.fromEntries(WEEKDAYS.map(one => [one, hours[day]])) as WorkingHours)}
                />
              ))}
            </ul>
            <p className="text-meta">
              Times are Indian time. For a night, end one day at midnight and begin the next at midnight.
            </p>
          </>
        ) : null}
      </Part>
      <Part
        title="Holidays"
        aside={
          <Button onClick={addHoliday} disabled={holidays.length >= MOST_HOLIDAYS}>
            <Plus size={14} aria-hidden /> Add a holiday
          </Button>
        }
      >
        {holidays.length === 0 ? (
          <p className="text-meta">None. On a holiday the client counts as closed all day.</p>
        ) : null}
        <ul className="flex flex-col gap-2">
          {holidays.map(({ key, date, name }, n) => {
            const set = (part: Partial<Holiday>) =>
              setHolidays(holidays.map(one => (one.key === key ? { ...one, ...part } : one)));
            const fault = faults.fields[`holidays.${n}`];
            return (
              <li key={key} className="flex flex-wrap items-center gap-2">
                <input
                  type="date"
                  aria-label={`Date of ${name || 'the holiday'}`}
                  aria-invalid={fault !== undefined}
                  className="field h-8 w-40"
                  value={date}
                  onChange={event => set({ date: event.target.value })}
                />
                <input
                  aria-label="Name of the holiday"
                  placeholder="Diwali"
                  dir="auto"
                  maxLength={120}
                  aria-invalid={fault !== undefined}
                  className="field h-8 w-64 max-w-full"
                  value={name}
                  onChange={event => set({ name: event.target.value })}
                />
                <IconButton
                  label={`Remove ${name || 'this holiday'}`}
                  onClick={() => setHolidays(holidays.filter(one => one.key !== key))}
                >
                  <Trash2 size={15} />
                </IconButton>
                {fault ? (
                  <span role="alert" className="w-full text-danger">
                    {date === '' ? 'Choose a date, or remove this holiday.' : fault}
                  </span>
                ) : null}
              </li>
            );
          })}
        </ul>
        <FormFault says={faults.fields.holidays ?? null} />
      </Part>
      <div className="flex flex-col items-start gap-3 border-t border-line px-6 py-4">
        <FormFault says={faults.form} />
        <Button type="submit" look="primary" disabled={busy || !online}>
          {busy ? 'Saving…' : 'Save hours and holidays'}
        </Button>
      </div>
    </form>
  );
}

function Day({
  day,
  spans,
  fault,
  onChange,
  onCopy,
}: {
  readonly day: Weekday;
  readonly spans: WorkingHours[Weekday];
  readonly fault: string | null;
  readonly onChange: (spans: WorkingHours[Weekday]) => void;
  readonly onCopy: () => void;
}) {
  const name = DAY[day];
  const set = (at: number, part: Partial<WorkingHours[Weekday][number]>) =>
    onChange(spans.map((span, n) => (n === at ? { ...span, ...part } : span)));
  const last = spans.at(-1);
  return (
    <li className="grid grid-cols-[88px_1fr_auto] items-start gap-3 border-t border-line px-3 py-2 first:border-0">
      <span className="pt-1.5 font-medium">{name}</span>
      <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1.5">
        {spans.length === 0 ? <span className="py-1.5 text-meta">Closed</span> : null}
        {spans.map((span, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no name of their own, and stand in the order of the day
          <span key={n} className="flex items-center gap-1.5">
            <input
              type="time"
              aria-label={`${name}, opens`}
              aria-invalid={fault !== null}
              className="field h-8 w-[122px]"
              value={span.from}
              onChange={event => set(n, { from: event.target.value })}
            />
            <span className="text-meta">to</span>
            <input
              type="time"
              aria-label={`${name}, closes`}
              aria-invalid={fault !== null}
              className="field h-8 w-[122px]"
              value={shownEnd(span.to)}
              onChange={event => set(n, { to: keptEnd(event.target.value) })}
            />
            <IconButton
              label={`Remove these hours of ${name}`}
              className="size-7"
              onClick={() => onChange(spans.filter((_, at) => at !== n))}
            >
              <Trash2 size={14} />
            </IconButton>
          </span>
        ))}
        {fault ? (
          <span role="alert" className="w-full text-danger">
            {name}: {fault.charAt(0).toLowerCase()}
            {fault.substring(1)}
          </span>
        ) : null}
      </div>
      <div className="flex items-center">
        <IconButton
          label={`Add hours to ${name}`}
          disabled={spans.length >= MOST_SPANS}
          onClick={() => onChange([...spans, last ? { from: last.to, to: '24:00' } : { from: '10:00', to: '19:00' }])}
        >
          <Plus size={15} />
        </IconButton>
        <IconButton label={`Copy ${name} to all days`} onClick={onCopy}>
          <CopyPlus size={15} />
        </IconButton>
      </div>
    </li>
  );
}
