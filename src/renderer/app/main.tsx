import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
  useLocation,
  useNavigate,
  useParams,
} from '@tanstack/react-router';
import { Component, type ReactNode, StrictMode, useCallback } from 'react';
import { createRoot } from 'react-dom/client';
import { keepAttempt } from '../features/connections/queries.ts';
import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx';
import { connectAppState, useAppState } from '../lib/app-state.ts';
import { bridge } from '../lib/bridge.ts';
import { queryClient } from '../lib/queries.ts';
import { Failed, Waiting } from '../ui/parts.tsx';
import { Toasts } from '../ui/toast.tsx';
import { Frame } from './frame.tsx';

/** Anything that breaks while drawing: said plainly, with a way back; what was written is safe in main. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    return this.state.error ? (
      <Failed error={this.state.error} onRetry={() => this.setState({ error: null })} />
    ) : (
      this.props.children
    );
  }
}

const root = createRootRoute({ component: Screen });
const home = createRoute({ getParentRoute: () => root, path: '/' });
const clientRoute = createRoute({ getParentRoute: () => root, path: '/c/$clientId' });
const conversationRoute = createRoute({ getParentRoute: () => root, path: '/c/$clientId/$conversationId' });
const connectionsRoute = createRoute({ getParentRoute: () => root, path: '/c/$clientId/connections' });
const connectionRoute = createRoute({ getParentRoute: () => root, path: '/c/$clientId/connections/$at' });
const router = createRouter({
  routeTree: root.addChildren([home, clientRoute, conversationRoute, connectionsRoute, connectionRoute]),
  history: createHashHistory(),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function Screen() {
  const account = useAppState(state => state.account);
  const params = useParams({ strict: false }) as { clientId?: string; conversationId?: string; at?: string };
  const onConnections = useLocation({ select: ({ pathname }) => /^\/c\/[^/]+\/connections(\/|$)/.test(pathname) });
  const navigate = useNavigate();
  const go = useCallback(
    (clientId: string, conversationId: string | null) =>
      void (conversationId
        ? navigate({ to: '/c/$clientId/$conversationId', params: { clientId, conversationId } })
        : navigate({ to: '/c/$clientId', params: { clientId } })),
    [navigate],
  );
  const goConnections = useCallback(
    (clientId: string, at: string | null) =>
      void (at
        ? navigate({ to: '/c/$clientId/connections/$at', params: { clientId, at } })
        : navigate({ to: '/c/$clientId/connections', params: { clientId } })),
    [navigate],
  );
  if (account.status === 'starting') return <Waiting what="Opening your copy…" />;
  if (account.status !== 'signed-in') return <SignInScreen account={account} />;
  return (
    <Frame
      account={account}
      clientId={params.clientId ?? null}
      conversationId={params.conversationId ?? null}
      place={onConnections ? 'connections' : 'inbox'}
      at={params.at ?? null}
      go={go}
      goConnections={goConnections}
    />
  );
}

bridge.on.connectChanged(keepAttempt);
await connectAppState();
const place = document.getElementById('root');
if (!place) throw new Error('the page has no root');
createRoot(place).render(
  <StrictMode>
    <Boundary>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </Boundary>
  </StrictMode>,
);
