import { createContext, useContext } from 'react';
import type { Go } from './screen.ts';

const nowhere: Go = { client: () => undefined, screen: () => undefined, agency: () => undefined, toRow: () => null };

export const WaysContext = createContext<Go>(nowhere);

/** Ways to other screens, for a part of a screen that says where the next step is. */
export const useWays = (): Go => useContext(WaysContext);
