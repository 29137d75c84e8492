import type { AgencySettingsFields, AgencySettingsView } from '@astrix/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useOnline } from '../../lib/app-state.ts';
import { BridgeError } from '../../lib/bridge.ts';
import { faultsOf, NO_FAULTS } from '../../lib/faults.ts';
import { exactOf } from '../../lib/format.ts';
import { queryClient } from '../../lib/queries.ts';
import { change, routeQuery } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Field, FormFault } from '../../ui/field.tsx';
import { Notice, Part } from '../../ui/page.tsx';
import { Failed, Skeleton } from '../../ui/parts.tsx';
import { Switch } from '../../ui/switch.tsx';
import { complain, toast } from '../../ui/toast.tsx';
import { type BOUNDS, type Form, faultsBefore, formOf, isChanged, NUMBERS, settingsOf } from './form.ts';

const settingsQuery = routeQuery('agencies.settings', {});
const NAMES = [...NUMBERS, 'devicesPerPerson', 'platforms', 'exportRoles', 'recoveryDelayHours'];

const PLATFORMS: readonly (readonly [AgencySettingsFields['platforms'][number], string])[] = [
  ['win32', 'Windows'],
  ['darwin', 'macOS'],
  ['linux', 'Linux'],
  ['cli', 'Command line'],
];

/** What the agency chooses for its people, and where its data lies. */
export function AgencySettingsScreen() {
  const settings = useQuery({ ...settingsQuery, staleTime: 0, refetchOnWindowFocus: false });
  if (!settings.data)
    return settings.isError ? (
      <Failed error={settings.error} onRetry={() => void settings.refetch()} />
    ) : (
      <Skeleton rows={10} what="Asking the server for the settings of the agency…" />
    );
  return <SettingsForm view={settings.data} />;
}

/**
 * The form holds the version from which it was begun. A save over a newer version is refused, and the person chooses when to load what is
 * there, so that nothing that was typed is lost unseen.
 */
function SettingsForm({ view }: { readonly view: AgencySettingsView }) {
  const online = useOnline();
  const [base, setBase] = useState(view);
  const [form, setForm] = useState(() => formOf(view.settings));
  const changed = isChanged(form, base.settings);
  const begin = (from: AgencySettingsView) => {
    setBase(from);
    setForm(formOf(from.settings));
  };
  useEffect(() => {
    if (!changed && view.version > base.version) begin(view);
  });
  const saving = useMutation({
    mutationFn: () => change('agencies.save-settings', null, { body: { ...settingsOf(form), version: base.version } }),
    onSuccess(saved) {
      queryClient.setQueryData(settingsQuery.queryKey, saved);
      begin(saved);
      toast('Agency settings saved');
    },
  });
  const isOld = saving.error instanceof BridgeError && saving.error.error.serverCode === 'changed_meanwhile';
  const asked = saving.isError && !isOld ? faultsOf(saving.error, NAMES) : NO_FAULTS;
  const before = faultsBefore(form);
  const faults = { ...asked.fields, ...before };
  const set = (part: Partial<Form>) => {
    setForm({ ...form, ...part });
    if (saving.isError && !isOld) saving.reset();
  };
  const load = async () => {
    begin(await queryClient.fetchQuery({ ...settingsQuery, staleTime: 0 }));
    saving.reset();
  };
  const number = (name: keyof typeof BOUNDS, label: string, help: string) => (
    <Field label={label} fault={faults[name]} help={help}>
      {control => (
        <input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          maxLength={4}
          className={`${control.className} w-24`}
          value={form[name]}
          onChange={event => set({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      noValidate
      className="flex h-full flex-col bg-ground"
      onSubmit={event => {
        event.preventDefault();
        if (changed && online && !isOld && Object.keys(before).length === 0) saving.mutate();
      }}
    >
      <header className="px-6 pt-5 pb-3">
        <h2 className="text-title font-bold">Agency settings</h2>
        <p className="text-meta">
          {base.updatedAt ? `Last changed ${exactOf(base.updatedAt)}.` : 'Nobody has changed these yet.'} Shorter limits
          hold from the next request or sign-in on.
        </p>
      </header>
      <div className="scroll min-h-0 flex-1">
        <div className="max-w-[760px]">
          <Part title="Sessions">
            {number('sessionIdleHours', 'Hours without use', 'A session ends after so long, from 1 to 8.')}
            {number('sessionLifeDays', 'Days signed in', 'Then people sign in again, from 1 to 30.')}
            {number('privilegedLifeHours', 'Hours signed in, owners and admins', 'From 1 to 12.')}
            {number(
              'offlineLeaseDays',
              'Days without the server',
              'For so long a console shows what it keeps, from 1 to 3.',
            )}
          </Part>
          <Part title="Devices">
            {number('devicesPerPerson', 'Devices of one person', 'At a time, from 1 to 20. Empty: any number.')}
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1 font-medium">Systems on which people may sign in</legend>
              {PLATFORMS.map(([platform, label]) => (
                <Switch
                  key={platform}
                  label={label}
                  on={form.platforms.includes(platform)}
                  onChange={on =>
                    set({
                      platforms: on ? [...form.platforms, platform] : form.platforms.filter(one => one !== platform),
                    })
                  }
                />
              ))}
              <FormFault says={faults.platforms ?? null} />
            </fieldset>
          </Part>
          <Part title="Export, recovery and invitations">
            <Choice
              label="May export"
              value={form.exportRoles.includes('admin') ? 'both' : 'owner'}
              options={[
                ['both', 'Owners and admins'],
                ['owner', 'Owners only'],
              ]}
              onPick={who => set({ exportRoles: who === 'both' ? ['owner', 'admin'] : ['owner'] })}
            />
            <FormFault says={faults.exportRoles ?? null} />
            <Choice
              label="Recovery waits"
              value={form.recoveryDelayHours === 0 ? '0' : '24'}
              options={[
                ['24', '24 hours'],
                ['0', 'Not at all'],
              ]}
              onPick={hours => set({ recoveryDelayHours: hours === '0' ? 0 : 24 })}
            />
            <p className="text-meta">
              While a recovery waits, the person can stop it, in case somebody else has asked for it.
            </p>
            <FormFault says={faults.recoveryDelayHours ?? null} />
            {number('invitationsPerDay', 'Invitations a day', 'Of the whole agency, from 1 to 500.')}
          </Part>
          <Part title="Where the data lies">
            <p>{base.region ?? 'Whoever operates this installation has not said where the data lies. Ask them.'}</p>
          </Part>
        </div>
      </div>
      <footer className="flex flex-wrap items-center gap-3 border-t border-line px-6 py-3">
        {isOld ? (
          <Notice
            tone="waiting"
            title="Somebody else has changed these settings meanwhile"
            action={<Button onClick={() => void load().catch(complain)}>Load what is there now</Button>}
          >
            Nothing of yours was saved. Note what you changed, load the settings, and change it again.
          </Notice>
        ) : null}
        <FormFault says={asked.form} />
        <Button
          look="primary"
          type="submit"
          disabled={!changed || !online || isOld || saving.isPending || Object.keys(before).length > 0}
        >
          {saving.isPending ? 'Saving…' : 'Save settings'}
        </Button>
        {changed && !isOld ? (
          <Button disabled={saving.isPending} onClick={() => begin(base)}>
            Undo changes
          </Button>
        ) : null}
        <span role="status" className="text-waiting">
          {online
            ? changed
              ? 'Not saved yet. Changes are lost when you leave this page.'
              : ''
            : 'You are offline. Save when you are online again.'}
        </span>
      </footer>
    </form>
  );
}
