import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RouterHistory,
} from '@tanstack/react-router';
import { Failed } from '../ui/parts.tsx';
import { routeOf } from './address.ts';
import { App } from './app.tsx';
import { REGISTRY } from './registry.ts';
import { ScreenPage } from './screen-page.tsx';

const root = createRootRoute({ component: App, notFoundComponent: () => null });
const start = createRoute({ getParentRoute: () => root, path: '/' });
const routes = [...REGISTRY.screens, ...REGISTRY.agencyScreens].map(screen =>
  createRoute({
    getParentRoute: () => root,
    path: routeOf(screen),
    staticData: { screen: screen.id },
    component: () => <ScreenPage screen={screen} />,
  }),
);

/** One route for each declared screen. An error while a screen is drawn is shown in its place; the frame around it stays. */
export const createWindowRouter = (history: RouterHistory = createHashHistory()) =>
  createRouter({
    routeTree: root.addChildren([start, ...routes]),
    history,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  });
