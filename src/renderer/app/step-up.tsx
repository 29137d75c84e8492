import { type FormEvent, useEffect, useState } from 'react';
import { useAppState } from '../lib/app-state.ts';
import { wordsOf } from '../lib/bridge.ts';
import { change } from '../lib/routes.ts';
import { useStepUp } from '../lib/step-up.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Asks for a proof that it is still the same person, whenever a request needs one. */
export function StepUp() {
  const answer = useStepUp(state => state.answer);
  // Whoever signs out answers nothing any more.
  useEffect(() => () => useStepUp.getState().answer?.(false), []);
  return answer ? <Question answer={answer} /> : null;
}

type Way = 'code' | 'recoveryCode' | 'password';

const WAYS: Readonly<Record<Way, { readonly label: string; readonly help: string; readonly other: string }>> = {
  code: {
    label: 'Code from your authenticator app',
    help: '6 digits',
    other: 'Use a code from the authenticator app',
  },
  recoveryCode: {
    label: 'Recovery code',
    help: 'It is used up by this.',
    other: 'Use a recovery code',
  },
  password: { label: 'Password', help: 'The password with which you sign in.', other: 'Use your password' },
};

const bodyOf = (way: Way, typed: string) => {
  if (way === 'code') return { code: typed };
  return way === 'recoveryCode' ? { recoveryCode: typed } : { password: typed };
};

function Question({ answer }: { readonly answer: (proved: boolean) => void }) {
  // Only the staff of a client may have no second factor.
  const hasFactor = useAppState(state => state.account.status === 'signed-in' && state.account.role !== 'client');
  const [way, setWay] = useState<Way>(hasFactor ? 'code' : 'password');
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const { label, help } = WAYS[way];
  const text = way === 'code' ? typed.replaceAll(/\s/g, '') : typed;
  const isWhole = way === 'code' ? /^\d{6}$/.test(text) : text !== '';
  const others = (hasFactor ? (['code', 'recoveryCode'] as const) : (['password', 'code'] as const)).filter(
    one => one !== way,
  );

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isWhole || busy) return;
    setBusy(true);
    setFailed(null);
    try {
      await change('identity.step-up', null, { body: bodyOf(way, text) });
      answer(true);
    } catch (error) {
      setFailed(error);
      setTyped('');
      setBusy(false);
    }
  }

  return (
    <Dialog open top onClose={() => answer(false)} title="Confirm that it is you">
      <form className="flex flex-col gap-4 p-5" onSubmit={event => void send(event)} autoComplete="off" noValidate>
        <p className="text-meta">This changes who can do what, so Astrix asks once more. It counts for five minutes.</p>
        <label className="flex flex-col gap-1">
          <span className="font-medium">{label}</span>
          <input
            className={`field h-9 ${way === 'code' ? 'w-40 text-[16px] tracking-[0.2em]' : ''}`}
            type={way === 'password' ? 'password' : 'text'}
            inputMode={way === 'code' ? 'numeric' : undefined}
            maxLength={way === 'code' ? 7 : 256}
            value={typed}
            aria-invalid={failed !== null}
            aria-describedby="step-up-help"
            onChange={event => setTyped(event.target.value)}
            spellCheck={false}
          />
          <span id="step-up-help" className="text-meta">
            {failed ? (
              <span role="alert" className="block text-danger">
                {wordsOf(failed).reason}. {wordsOf(failed).next}
              </span>
            ) : null}
            {help}
          </span>
        </label>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {others.map(other => (
            <button
              key={other}
              type="button"
              className="text-accent underline underline-offset-2"
              onClick={() => {
                setWay(other);
                setTyped('');
                setFailed(null);
              }}
            >
              {WAYS[other].other}
            </button>
          ))}
        </div>
        {hasFactor ? (
          <p className="text-meta">
            With a passkey: sign out, and sign in with the browser. A new sign-in counts for five minutes as well.
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => answer(false)}>Cancel</Button>
          <Button type="submit" look="primary" disabled={!isWhole || busy}>
            {busy ? 'Checking…' : 'Confirm'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
