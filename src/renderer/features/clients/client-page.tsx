import type { ClientDirectoryRow } from '@astrix/contract';
import { ArrowLeft } from 'lucide-react';
import { useMay } from '../../lib/app-state.ts';
import { dateTimeOf } from '../../lib/format.ts';
import { change } from '../../lib/routes.ts';
import { useWays } from '../../lib/ways.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ClientChecklist } from '../../ui/client-checklist.tsx';
import { Notice } from '../../ui/page.tsx';
import { ClientMark, Failed, Skeleton } from '../../ui/parts.tsx';
import { type TabOf, Tabs } from '../../ui/tabs.tsx';
import { toast } from '../../ui/toast.tsx';
import { DangerTab } from './danger-tab.tsx';
import { FeaturesTab } from './features-tab.tsx';
import { HoursTab } from './hours-tab.tsx';
import { IdentityForm } from './identity-form.tsx';
import { PeopleTab } from './people-tab.tsx';
import { ProfileTab } from './profile-tab.tsx';
import { refreshClients, useProfile } from './queries.ts';

const TABS = ['profile', 'look', 'hours', 'features', 'people', 'danger'] as const;
type Tab = (typeof TABS)[number];
const isTab = (text: string | null): text is Tab => TABS.some(tab => tab === text);

type Props = {
  readonly client: ClientDirectoryRow;
  readonly others: readonly ClientDirectoryRow[];
  readonly tab: string | null;
  readonly onTab: (tab: Tab) => void;
  readonly onBack: () => void;
};

/** Everything about one client, on pages. An archived client shows only how it comes back or goes. */
export function ClientPage({ client, others, tab, onTab, onBack }: Props) {
  const ways = useWays();
  const mayRead = useMay('people.read');
  const isArchived = client.status === 'archived';
  const tabs: readonly TabOf<Tab>[] = isArchived
    ? [{ value: 'danger', label: 'Danger', page: <DangerTab client={client} /> }]
    : [
        { value: 'profile', label: 'Profile', page: <Profile client={client} /> },
        {
          value: 'look',
          label: 'Name and mark',
          page: (
            <div className="max-w-[720px]">
              <IdentityForm
                client={client}
                others={others}
                label={(busy, name) => (busy ? 'Saving…' : `Save ${name}`)}
                onSave={async identity => {
                  await change('clients.update', client.id, { params: { clientId: client.id }, body: identity });
                  await refreshClients();
                  toast(`${identity.name} is saved`);
                }}
              />
            </div>
          ),
        },
        { value: 'hours', label: 'Hours and holidays', page: <Hours client={client} /> },
        { value: 'features', label: 'Features', page: <FeaturesTab client={client} /> },
        ...(mayRead ? [{ value: 'people' as const, label: 'People', page: <PeopleTab client={client} /> }] : []),
        { value: 'danger', label: 'Danger', page: <DangerTab client={client} /> },
      ];
  const first = tabs[0]!.value;
  return (
    <div className="flex h-full flex-col bg-ground">
      <header className="flex items-center gap-3 px-5 pt-4 pb-3">
        <IconButton label="All clients" onClick={onBack}>
          <ArrowLeft size={16} />
        </IconButton>
        <ClientMark client={client} size={32} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-title font-bold" title={client.name}>
            <bdi>{client.name}</bdi>
          </h2>
          <p className="truncate text-meta">
            Replies as <bdi>{client.replyAs}</bdi> · added {dateTimeOf(client.createdAt)}
          </p>
        </div>
        {isArchived ? null : <Button onClick={() => ways.client(client.id)}>Open the inbox</Button>}
      </header>
      {client.status === 'paused' ? (
        <div className="px-5 pb-3">
          <Notice tone="waiting" title="This client is paused">
            What customers write is kept, and nobody can send until the pause ends.
          </Notice>
        </div>
      ) : null}
      {isArchived ? (
        <div className="px-5 pb-3">
          <Notice tone="plain" title="This client is archived">
            It is in nobody’s list. What customers write is kept meanwhile.
          </Notice>
        </div>
      ) : (
        <ClientChecklist clientId={client.id} isPage />
      )}
      <Tabs
        label={`Pages of ${client.name}`}
        value={isTab(tab) && tabs.some(({ value }) => value === tab) ? tab : first}
        tabs={tabs}
        onPick={onTab}
      />
    </div>
  );
}

/** The profile as the cache has it; null while nothing was saved. The parts that edit it begin anew with each version. */
function Profile({ client }: { readonly client: ClientDirectoryRow }) {
  const profile = useProfile(client.id);
  if (profile.isPending) return <Skeleton rows={6} what="Loading the profile…" />;
  if (profile.isError) return <Failed error={profile.error} onRetry={() => void profile.refetch()} />;
  return <ProfileTab key={profile.data?.version ?? 0} client={client} profile={profile.data} />;
}

function Hours({ client }: { readonly client: ClientDirectoryRow }) {
  const profile = useProfile(client.id);
  if (profile.isPending) return <Skeleton rows={8} what="Loading the hours…" />;
  if (profile.isError) return <Failed error={profile.error} onRetry={() => void profile.refetch()} />;
  return <HoursTab key={profile.data?.version ?? 0} client={client} profile={profile.data} />;
}
