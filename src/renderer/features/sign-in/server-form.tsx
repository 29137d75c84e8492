import { Field } from '@base-ui/react/field';
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, Server } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { BackendFound } from '../../../shared/backend.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge, wordsOf } from '../../lib/bridge.ts';
import { count } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';

const hostOf = (address: string): string => address.replace(/^https:\/\//, '');

/** The server that gets e-mail and password, where a person sees it before they type them. */
export function ServerLine({ onChange }: { readonly onChange: () => void }) {
  const backend = useAppState(state => state.backend);
  if (!backend?.address) return null;
  return (
    <div className="mt-8 flex items-center gap-2 border-t border-line pt-4 text-meta">
      <Server size={14} className="shrink-0" aria-hidden />
      <span className="min-w-0 flex-1 break-words">
        Server <span className="font-medium text-text">{hostOf(backend.address)}</span>
      </span>
      {backend.canChange ? (
        <Button look="quiet" className="-mr-2 h-7 px-2" onClick={onChange}>
          Change
        </Button>
      ) : null}
    </div>
  );
}

/** The first start: nothing is known yet. */
export function FirstServer() {
  return (
    <section className="mt-8 flex flex-col gap-4" aria-labelledby="first-server">
      <div>
        <h1 id="first-server" className="text-title font-bold">
          Connect to your agency
        </h1>
        <p className="mt-1 text-meta">
          Your agency runs its own Astrix server. Its address is in your invitation; an owner or admin knows it too.
        </p>
      </div>
      <ServerForm begin="" onDone={() => undefined} />
    </section>
  );
}

/** Another server in place of the one in use. */
export function OtherServer({ onDone }: { readonly onDone: () => void }) {
  const address = useAppState(state => state.backend?.address) ?? '';
  return (
    <section className="mt-8 flex flex-col gap-4" aria-labelledby="other-server">
      <h1 id="other-server" className="text-title font-bold">
        Use another server
      </h1>
      <ServerForm begin={hostOf(address)} onDone={onDone} onCancel={onDone} />
    </section>
  );
}

function ServerForm({
  begin,
  onDone,
  onCancel,
}: {
  readonly begin: string;
  readonly onDone: () => void;
  readonly onCancel?: () => void;
}) {
  const [address, setAddress] = useState(begin);
  const [found, setFound] = useState<BackendFound | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const move = async (to: string) => {
    await ask(bridge.backend.use({ address: to }));
    onDone();
  };
  const looking = useMutation({
    async mutationFn(typed: string) {
      const there = await ask(bridge.backend.find({ address: typed }));
      if (there.caution !== null || there.leaves !== null) setFound(there);
      else await move(there.address);
    },
    onError: () => field.current?.focus(),
  });
  useEffect(() => field.current?.select(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    looking.mutate(address);
  };
  if (found) return <Confirm found={found} onBack={() => setFound(null)} onMove={() => move(found.address)} />;
  const busy = looking.isPending;
  const words = looking.isError ? wordsOf(looking.error) : null;
  return (
    // Without the browser's own checks: main says what is wrong with an address, in words.
    <form className="flex flex-col gap-4" onSubmit={submit} noValidate>
      <Field.Root className="flex flex-col gap-1" invalid={words !== null}>
        <Field.Label className="font-medium">Server address</Field.Label>
        <Field.Control
          ref={field}
          className="field data-invalid:border-danger"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2048}
          autoFocus
          placeholder="console.youragency.in"
          value={address}
          onValueChange={next => {
            setAddress(next);
            if (looking.isError) looking.reset();
          }}
        />
        {words ? (
          <Field.Error match className="text-danger" role="alert">
            <span className="font-medium">{words.reason}</span> {words.next}
          </Field.Error>
        ) : null}
      </Field.Root>
      <div className="flex gap-2">
        {onCancel ? (
          <Button className="h-9" onClick={onCancel}>
            <ArrowLeft size={14} aria-hidden /> Back
          </Button>
        ) : null}
        <Button look="primary" type="submit" className="h-9 flex-1" disabled={busy}>
          {busy ? 'Looking for the server…' : 'Continue'}
        </Button>
      </div>
    </form>
  );
}

/** Names what a person has to know before the console moves: an unusual name, or what stays behind. */
function Confirm({
  found,
  onBack,
  onMove,
}: {
  readonly found: BackendFound;
  readonly onBack: () => void;
  readonly onMove: () => Promise<void>;
}) {
  const moving = useMutation({ mutationFn: onMove });
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const words = moving.isError ? wordsOf(moving.error) : null;
  return (
    <div className="flex flex-col gap-4">
      <div className="rounded-md border border-line bg-ground px-3 py-2">
        <p className="font-bold break-words">{hostOf(found.address)}</p>
        <p className="text-meta">Astrix {found.version}</p>
      </div>
      {found.caution ? <Note>{found.caution}</Note> : null}
      {found.leaves ? <Note>{leavesWords(found.leaves)}</Note> : null}
      {words ? (
        <p role="alert" className="text-danger">
          <span className="font-medium">{words.reason}</span> {words.next}
        </p>
      ) : null}
      <div className="flex gap-2">
        <Button ref={first} className="h-9" onClick={onBack}>
          <ArrowLeft size={14} aria-hidden /> Back
        </Button>
        <Button look="primary" className="h-9 flex-1" disabled={moving.isPending} onClick={() => moving.mutate()}>
          {moving.isPending ? 'Moving…' : 'Use this server'}
        </Button>
      </div>
    </div>
  );
}

const Note = ({ children }: { readonly children: ReactNode }) => (
  <p className="rounded-md bg-waiting-ground px-3 py-2 text-waiting">{children}</p>
);

function leavesWords({ host, unsent }: NonNullable<BackendFound['leaves']>): string {
  const kept = `They stay encrypted on this computer and are sent when you sign in at ${host} again. Nothing is sent to the new server.`;
  if (unsent === null) return `Replies to customers of ${host} may not be sent yet. ${kept}`;
  return `${count(unsent)} ${unsent === 1 ? 'reply or change has' : 'replies and changes have'} not been sent to ${host}. ${kept}`;
}
