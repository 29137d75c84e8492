import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx';
import { useAppState } from '../lib/app-state.ts';
import { Waiting } from '../ui/parts.tsx';
import { Frame } from './frame.tsx';

/** Nothing of the agency is drawn before somebody has signed in. */
export function App() {
  const account = useAppState(state => state.account);
  if (account.status === 'starting') return <Waiting what="Opening your copy…" />;
  if (account.status !== 'signed-in') return <SignInScreen account={account} />;
  return <Frame account={account} />;
}
