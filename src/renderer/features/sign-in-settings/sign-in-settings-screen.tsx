import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { wordsOf } from '../../lib/bridge.ts';
import { type AnswerOf, change, routeQuery } from '../../lib/routes.ts';
import { Button } from '../../ui/button.tsx';
import { copy } from '../../ui/copy.ts';
import { Failed, Skeleton } from '../../ui/parts.tsx';
import { Switch } from '../../ui/switch.tsx';
import { toast } from '../../ui/toast.tsx';
import { ProviderForm } from './provider-form.tsx';

type SignInSettings = AnswerOf<'web-sign-in.settings'>;
type Way = SignInSettings['ways'][number];

const WAYS: readonly (readonly [Way, string, string])[] = [
  ['password', 'Password', 'With a code of an authenticator app, in the console or in the browser.'],
  ['passkey', 'Passkey', 'In the browser, with the fingerprint, face or PIN of a device. Needs no code.'],
  [
    'link',
    'Link by e-mail',
    'In the browser, with a code of an authenticator app. Needs the mail of the installation.',
  ],
  ['oidc', 'Single sign-on', 'In the browser, by the identity provider of the agency below.'],
];

const settingsQuery = routeQuery('web-sign-in.settings', {});

/** Which ways to sign in the agency allows, and its identity provider. */
export function SignInSettingsScreen() {
  const settings = useQuery({ ...settingsQuery, staleTime: 0 });
  if (settings.isError && !settings.data)
    return <Failed error={settings.error} onRetry={() => void settings.refetch()} />;
  if (!settings.data) return <Skeleton rows={8} what="Asking the server how people may sign in…" />;
  const { ways, provider, redirectUri } = settings.data;
  return (
    <div className="scroll h-full">
      <div className="mx-auto flex max-w-3xl flex-col pb-10">
        <Section title="Ways to sign in" about="Sessions that are open already go on. At least one way stays on.">
          <Ways ways={ways} hasProvider={provider !== null} />
        </Section>
        <Section
          title="Identity provider"
          about="OpenID Connect, for example Google Workspace, Microsoft Entra or Amazon Cognito."
        >
          <div className="flex flex-wrap items-center gap-2">
            <span className="text-meta">Redirect address to enter at the provider</span>
            <code className="rounded-sm bg-sunken px-1.5 py-0.5 break-all select-all">{redirectUri}</code>
            <Button onClick={() => copy(redirectUri, 'Redirect address copied')}>
              <Copy size={14} aria-hidden /> Copy
            </Button>
          </div>
          <ProviderForm key={provider?.issuer ?? ''} provider={provider} onSaved={() => void settings.refetch()} />
        </Section>
      </div>
    </div>
  );
}

function Section({
  title,
  about,
  children,
}: {
  readonly title: string;
  readonly about: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-4 border-b border-line px-6 py-5" aria-label={title}>
      <div>
        <h2 className="font-bold">{title}</h2>
        <p className="text-meta">{about}</p>
      </div>
      {children}
    </section>
  );
}

function Ways({ ways, hasProvider }: { readonly ways: readonly Way[]; readonly hasProvider: boolean }) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<readonly Way[]>(ways);
  const saving = useMutation({
    mutationFn: () => change('web-sign-in.set-ways', null, { body: { ways: [...chosen] } }),
    onSuccess() {
      toast('Ways to sign in saved');
      void client.invalidateQueries({ queryKey: settingsQuery.queryKey });
    },
  });
  const isChanged = chosen.length !== ways.length || chosen.some(way => !ways.includes(way));
  const words = saving.isError ? wordsOf(saving.error) : null;
  return (
    <>
      <ul className="flex flex-col gap-3">
        {WAYS.map(([way, label, about]) => (
          <li key={way}>
            <Switch
              label={label}
              on={chosen.includes(way)}
              onChange={on => setChosen(on ? [...chosen, way] : chosen.filter(one => one !== way))}
            />
            <p className="pl-[42px] text-meta">{about}</p>
          </li>
        ))}
      </ul>
      {chosen.length === 0 ? <p className="text-danger">Leave at least one way on, or nobody can sign in.</p> : null}
      {chosen.includes('oidc') && !hasProvider ? (
        <p className="text-waiting">Single sign-on works when the identity provider is set up below.</p>
      ) : null}
      {words ? (
        <p role="alert" className="text-danger">
          {words.reason} {words.next}
        </p>
      ) : null}
      <Button
        look="primary"
        className="self-start"
        disabled={!isChanged || chosen.length === 0 || saving.isPending}
        onClick={() => saving.mutate()}
      >
        {saving.isPending ? 'Saving…' : 'Save ways'}
      </Button>
    </>
  );
}
