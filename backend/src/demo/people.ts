import type { DemoClient, DemoPerson } from '../composition/index.ts';
import { SHOPS, type Shop } from './shops.ts';

/** Fixed ids, so that pictures, tests and benchmarks speak of the same people and clients. */
const id = (group: string, n: number) => `01990000-0000-7${group}-8000-${String(n).padStart(12, '0')}`;

export const DEMO_AGENCY = { id: id('a00', 1), name: 'Monsoon Retail Studio' } as const;
export const OTHER_AGENCY = { id: id('a00', 2), name: 'Banyan Growth Partners' } as const;

export const DEMO_PASSWORD = 'monsoon-demo-2026';

export type DemoShop = DemoClient & Shop;

/** Authenticator secrets of the demo; the sign-in page shows the code of the moment. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    id: id('b00', 1),
    name: 'Priya Nair',
    email: 'priya@monsoon.example',
    role: 'agent',
    about: 'Answers customers of eight clients',
    totp: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    clients: [0, 1, 2, 3, 4, 5, 6, 7],
  },
  {
    id: id('b00', 2),
    name: 'Arjun Mehta',
    email: 'arjun@monsoon.example',
    role: 'manager',
    about: 'Leads the team, gives and takes access',
    totp: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU',
    clients: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  },
  {
    id: id('b00', 3),
    name: 'Kavita Deshpande',
    email: 'kavita@monsoon.example',
    role: 'owner',
    about: 'Owns the agency, sees every client',
    totp: 'NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DE',
    clients: 'all',
  },
  {
    id: id('b00', 4),
    name: 'Imran Sheikh',
    email: 'imran@monsoon.example',
    role: 'agent',
    about: 'Answers customers of four clients',
    totp: 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK',
    clients: [0, 2, 8, 9],
  },
  {
    id: id('b00', 5),
    name: 'Sneha Iyer',
    email: 'sneha@monsoon.example',
    role: 'analyst',
    about: 'Reads everything of six clients, writes nothing',
    totp: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    clients: [0, 1, 2, 3, 4, 5],
  },
  {
    id: id('b00', 6),
    name: 'Rohan Kapoor',
    email: 'rohan@chaikatha.example',
    role: 'client',
    about: 'Works at Chai Katha, sees only that',
    totp: null,
    clients: [0],
  },
  {
    id: id('b00', 7),
    name: 'Devika Rao',
    email: 'devika@monsoon.example',
    role: 'admin',
    about: 'Runs sign-ins, devices and channels',
    totp: 'ONSWG4TFOQQGC3LFONSWG4TFOQQGC3LF',
    clients: 'all',
  },
];

export const DEMO_CLIENTS: readonly DemoShop[] = SHOPS.map((shop, at) => {
  const n = at + 1;
  return {
    ...shop,
    id: id('c00', n),
    connectionId: id('d00', n),
    accountId: String(200_000_000_000_000 + n),
    phone: `9198000000${String(n).padStart(2, '0')}`,
    sells: shop.goods.map(({ name }) => name),
  };
});
