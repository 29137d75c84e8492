import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { SignInScreen } from '../features/sign-in/sign-in-screen.tsx';
import { useAppState } from '../lib/app-state.ts';
import { Waiting } from '../ui/parts.tsx';
import { clearToasts } from '../ui/toast.tsx';
import { Frame } from './frame.tsx';

/** Nothing of the agency is drawn before somebody has signed in. */
export function App() {
  const account = useAppState(state => state.account);
  const navigate = useNavigate();
  const isSignedOut = account.status === 'signed-out';
  // The next person begins in their own inbox, not where the one before was.
  useEffect(() => {
    if (!isSignedOut) return;
    clearToasts();
    void navigate({ to: '/', replace: true });
  }, [isSignedOut, navigate]);
  if (account.status === 'starting') return <Waiting what="Opening your data…" />;
  if (account.status !== 'signed-in') return <SignInScreen account={account} />;
  return <Frame account={account} />;
}
