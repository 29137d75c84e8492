import './styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Component, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectAppState } from '../lib/app-state.ts';
import { queryClient } from '../lib/queries.ts';
import { Hints } from '../ui/hint.tsx';
import { Failed } from '../ui/parts.tsx';
import { Toasts } from '../ui/toast.tsx';
import { REGISTRY } from './registry.ts';
import { createWindowRouter } from './router.tsx';

/** Shows an error outside of any screen, with a button that draws the window again. Main keeps what was written. */
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

const router = createWindowRouter();
for (const screen of [...REGISTRY.screens, ...REGISTRY.agencyScreens]) screen.start?.();
await connectAppState();
const page = document.getElementById('root');
if (!page) throw new Error('The page has no element with the id "root".');
createRoot(page).render(
  <StrictMode>
    <Boundary>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
        <Hints />
      </QueryClientProvider>
    </Boundary>
  </StrictMode>,
);
