import { Field } from '@base-ui/react/field';
import { OTPField } from '@base-ui/react/otp-field';
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, Globe, LogIn } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { AccountState, DemoPerson } from '../../../shared/ipc.ts';
import { useAppState } from '../../lib/app-state.ts';
import { ask, bridge, wordsOf } from '../../lib/bridge.ts';
import { Button } from '../../ui/button.tsx';
import { FirstServer, OtherServer, ServerLine } from './server-form.tsx';

const NOTICES: Readonly<Record<Extract<AccountState, { status: 'signed-out' }>['notice'], string | null>> = {
  none: null,
  revoked: 'Your session was ended. Your data on this computer was deleted.',
  expired: 'Your session has expired. Sign in again; your unsent replies are kept.',
  'lease-ended': 'This computer was offline for three days. Sign in online to open your data again.',
};

/** Asks for the server of the agency once, then for e-mail, password and code. In the demo it also lists the people as whom one can sign in. */
export function SignInScreen({ account }: { readonly account: AccountState }): ReactNode {
  const demo = useAppState(state => state.info?.demo === true);
  const [people, setPeople] = useState<readonly DemoPerson[]>([]);
  const [who, setWho] = useState<DemoPerson | null>(null);
  const [isChanging, setChanging] = useState(false);
  const notice = account.status === 'signed-out' ? NOTICES[account.notice] : null;

  // A code of the demo is valid for 30 seconds, so the list has to be loaded again.
  useEffect(() => {
    if (!demo) return;
    const load = () => void ask(bridge.account.demoPeople()).then(setPeople, () => setPeople([]));
    load();
    const timer = setInterval(load, 5000);
    return () => clearInterval(timer);
  }, [demo]);

  return (
    <div className="grid h-full grid-cols-[minmax(380px,1fr)_minmax(0,1.1fr)]">
      <main className="grid place-items-center bg-panel p-10">
        <div className="w-full max-w-80">
          <Wordmark />
          {notice ? (
            <p role="status" className="mt-6 rounded-md bg-waiting-ground px-3 py-2 text-waiting">
              {notice}
            </p>
          ) : null}
          {account.status === 'no-backend' ? (
            <FirstServer />
          ) : account.status === 'totp' ? (
            <SecondStep hint={people.find(person => person.email === who?.email)?.code ?? null} />
          ) : isChanging ? (
            <OtherServer onDone={() => setChanging(false)} />
          ) : (
            <>
              <Ways who={who} />
              <ServerLine onChange={() => setChanging(true)} />
            </>
          )}
        </div>
      </main>
      <aside className="scroll border-l border-line bg-ground p-10">
        {demo && account.status !== 'no-backend' ? (
          <DemoPeople people={people} picked={who} onPick={setWho} />
        ) : (
          <About />
        )}
      </aside>
    </div>
  );
}

function Wordmark() {
  return (
    <div className="flex items-center gap-2.5">
      <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
        <rect width="28" height="28" rx="7" className="fill-accent" />
        <path
          d="M8 20 14 7l6 13M10.4 15.4h7.2"
          fill="none"
          strokeWidth="2.4"
          strokeLinecap="round"
          strokeLinejoin="round"
          className="stroke-on-accent"
        />
      </svg>
      <span className="text-title font-bold">Astrix Console</span>
    </div>
  );
}

function Problem({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { reason, next, reference } = wordsOf(error);
  return (
    <div role="alert" className="rounded-md bg-danger-ground px-3 py-2 text-danger">
      <p className="font-medium">{reason}</p>
      <p>{next}</p>
      {reference ? <code className="text-meta opacity-80 select-all">{reference}</code> : null}
    </div>
  );
}

/** Password here, or any way that the agency allows in the browser. */
function Ways({ who }: { readonly who: DemoPerson | null }) {
  const [waiting, setWaiting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const button = useRef<HTMLButtonElement>(null);

  const begin = () => {
    setWaiting(true);
    setError(null);
    ask(bridge.account.signInWithBrowser()).catch((failure: unknown) => {
      setWaiting(false);
      setError(failure);
    });
  };
  // What had the focus is gone with the wait: the person goes on where they began it.
  useEffect(() => {
    if (error !== null) button.current?.focus();
  }, [error]);
  // Somebody of the demo was picked meanwhile: the password form signs them in.
  useEffect(() => {
    if (who) void bridge.account.cancelBrowser();
  }, [who]);

  if (waiting) return <BrowserWait />;
  return (
    <>
      <PasswordForm who={who} />
      <div className="my-4 flex items-center gap-3 text-meta">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      <Button ref={button} className="h-9 w-full" onClick={begin}>
        <Globe size={16} aria-hidden="true" /> Sign in with the browser
      </Button>
      <p className="mt-2 text-meta">With a passkey, a link by e-mail or your agency’s single sign-on.</p>
      {error ? (
        <div className="mt-3">
          <Problem error={error} />
        </div>
      ) : null}
    </>
  );
}

function BrowserWait() {
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  return (
    <section className="mt-8 flex flex-col gap-4" aria-label="Sign in with the browser">
      <p role="status" className="font-medium">
        Waiting for your browser…
      </p>
      <p className="text-meta">
        A page of your agency’s server is open in your browser. Sign in there, and you come back here by yourself.
      </p>
      <Button ref={cancel} className="h-9" onClick={() => void bridge.account.cancelBrowser()}>
        Cancel
      </Button>
      <Button look="quiet" className="h-9" onClick={() => void bridge.account.reopenBrowser()}>
        Open the page again
      </Button>
    </section>
  );
}

function PasswordForm({ who }: { readonly who: DemoPerson | null }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signing = useMutation({
    mutationFn: (typed: { readonly email: string; readonly password: string }) => ask(bridge.account.signIn(typed)),
  });
  const { mutate: signIn, isPending: busy } = signing;
  useEffect(() => {
    if (!who) return;
    setEmail(who.email);
    setPassword(who.password);
    signIn({ email: who.email, password: who.password });
  }, [who, signIn]);

  return (
    <form
      className="mt-8 flex flex-col gap-4"
      onSubmit={event => {
        event.preventDefault();
        signIn({ email, password });
      }}
    >
      <Field.Root className="flex flex-col gap-1">
        <Field.Label className="font-medium">Work e-mail</Field.Label>
        <Field.Control
          className="field"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          value={email}
          onValueChange={setEmail}
        />
      </Field.Root>
      <Field.Root className="flex flex-col gap-1">
        <Field.Label className="font-medium">Password</Field.Label>
        <Field.Control
          className="field"
          type="password"
          autoComplete="current-password"
          required
          maxLength={256}
          value={password}
          onValueChange={setPassword}
        />
      </Field.Root>
      <Problem error={signing.error} />
      <Button look="primary" type="submit" disabled={busy} className="h-9">
        {busy ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}

const CODE_LENGTH = 6;
/** Names of the fields of a code after the first one, which has the name of the code. */
const FURTHER = Array.from({ length: CODE_LENGTH - 1 }, (_, at) => `Digit ${at + 2} of ${CODE_LENGTH}`);

/** The code of the authenticator, or a recovery code in its place. */
function SecondStep({ hint }: { readonly hint: string | null }) {
  const [isLost, setLost] = useState(false);
  return isLost ? (
    <RecoveryForm onBack={() => setLost(false)} />
  ) : (
    <>
      <CodeForm hint={hint} />
      <Button look="quiet" className="mt-3 -ml-3" onClick={() => setLost(true)}>
        Lost your authenticator?
      </Button>
    </>
  );
}

function RecoveryForm({ onBack }: { readonly onBack: () => void }) {
  const [code, setCode] = useState('');
  const proving = useMutation({
    mutationFn: (typed: string) => ask(bridge.account.spendRecoveryCode({ code: typed })),
  });
  return (
    <form
      className="mt-8 flex flex-col gap-4"
      onSubmit={event => {
        event.preventDefault();
        proving.mutate(code);
      }}
    >
      <Field.Root className="flex flex-col gap-1" invalid={proving.isError}>
        <Field.Label className="font-medium">Recovery code</Field.Label>
        <Field.Control
          className="field tabular-nums"
          autoComplete="off"
          spellCheck={false}
          autoFocus
          required
          maxLength={60}
          value={code}
          onValueChange={setCode}
        />
        <Field.Description className="text-meta">
          One of the ten codes that you saved when you set up your authenticator. Each works once.
        </Field.Description>
      </Field.Root>
      <Problem error={proving.error} />
      <div className="flex gap-2">
        <Button onClick={onBack}>
          <ArrowLeft size={14} /> Back
        </Button>
        <Button look="primary" type="submit" className="flex-1" disabled={proving.isPending}>
          {proving.isPending ? 'Checking…' : 'Continue'}
        </Button>
      </div>
      <p className="text-meta">No codes left? An owner or admin of your agency can start a recovery of your account.</p>
    </form>
  );
}

function CodeForm({ hint }: { readonly hint: string | null }) {
  const [code, setCode] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const verifying = useMutation({
    mutationFn: (digits: string) => ask(bridge.account.verifyTotp({ code: digits })),
    onError: () => setCode(''),
  });
  // After a refused code the next one is typed from the first digit on.
  useEffect(() => {
    if (verifying.isIdle || verifying.isError) first.current?.focus();
  }, [verifying.isIdle, verifying.isError]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === CODE_LENGTH) verifying.mutate(code);
  };
  const busy = verifying.isPending;
  return (
    <form className="mt-8 flex flex-col gap-4" onSubmit={submit}>
      <Field.Root className="flex flex-col gap-1">
        <Field.Label className="font-medium">Code from your authenticator app</Field.Label>
        <OTPField.Root
          length={CODE_LENGTH}
          value={code}
          onValueChange={setCode}
          onValueComplete={digits => verifying.mutate(digits)}
          disabled={busy}
          className="grid grid-cols-6 gap-1.5"
        >
          <OTPField.Input ref={first} className="field h-11 text-center text-title" />
          {FURTHER.map(label => (
            <OTPField.Input key={label} aria-label={label} className="field h-11 text-center text-title" />
          ))}
        </OTPField.Root>
      </Field.Root>
      {hint ? (
        <button
          type="button"
          className="row-button border border-dashed border-line-strong"
          onClick={() => verifying.mutate(hint)}
          disabled={busy}
        >
          <span className="flex-1 text-meta">Demo code</span>
          <span className="font-bold tracking-widest">{hint}</span>
        </button>
      ) : null}
      <Problem error={verifying.error} />
      <div className="flex gap-2">
        <Button onClick={() => void bridge.account.cancelTotp()}>
          <ArrowLeft size={14} /> Back
        </Button>
        <Button look="primary" type="submit" className="flex-1" disabled={busy || code.length !== CODE_LENGTH}>
          {busy ? 'Checking…' : 'Continue'}
        </Button>
      </div>
    </form>
  );
}

const ROLE_NAMES = {
  owner: 'Owner',
  admin: 'Admin',
  manager: 'Manager',
  agent: 'Agent',
  analyst: 'Analyst',
  client: 'Client staff',
} as const;

function DemoPeople({
  people,
  picked,
  onPick,
}: {
  readonly people: readonly DemoPerson[];
  readonly picked: DemoPerson | null;
  readonly onPick: (person: DemoPerson) => void;
}) {
  return (
    <div className="mx-auto max-w-md">
      <h2 className="text-title font-bold">The demo agency</h2>
      <p className="mt-1 mb-5 text-meta">
        Monsoon Retail Studio works for twelve brands. Sign in as one of its staff; each role has different access.
      </p>
      <ul className="flex flex-col gap-1.5">
        {people.map(person => (
          <li key={person.email}>
            <button
              type="button"
              aria-pressed={picked?.email === person.email}
              onClick={() => onPick({ ...person })}
              className="flex w-full items-center gap-3 rounded-lg border border-line bg-panel px-3.5 py-2.5 text-left hover:border-line-strong hover:bg-hover aria-pressed:border-accent"
            >
              <span className="min-w-0 flex-1">
                <span className="font-medium">{person.name}</span>
                <span className="ml-2 text-meta text-meta">{ROLE_NAMES[person.role]}</span>
                <span className="block text-meta">{person.about}</span>
              </span>
              <LogIn size={16} className="text-meta" aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {people.length === 0 ? <p className="text-meta">Waiting for the demo server…</p> : null}
    </div>
  );
}

function About() {
  return (
    <div className="grid h-full place-items-center">
      <p className="max-w-72 text-center text-meta">
        Your data on this computer is encrypted. It is deleted when you sign out.
      </p>
    </div>
  );
}
