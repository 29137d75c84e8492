import type { ClientRow } from '@astrix/contract';
import type { DemoClient, DemoPerson } from '../composition/index.ts';

/** Fixed ids, so that pictures, tests and benchmarks speak of the same people and clients. */
const id = (group: string, n: number) => `01990000-0000-7${group}-8000-${String(n).padStart(12, '0')}`;

export const DEMO_AGENCY = { id: id('a00', 1), name: 'Monsoon Retail Studio' } as const;
export const OTHER_AGENCY = { id: id('a00', 2), name: 'Banyan Growth Partners' } as const;

export const DEMO_PASSWORD = 'monsoon-demo-2026';

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

const client = (
  n: number,
  name: string,
  initials: string,
  hue: ClientRow['hue'],
  replyAs: string,
  sells: readonly string[],
): DemoClient => ({
  id: id('c00', n),
  connectionId: id('d00', n),
  accountId: String(200_000_000_000_000 + n),
  phone: `9198000000${String(n).padStart(2, '0')}`,
  name,
  initials,
  hue,
  replyAs,
  sells,
});

export const DEMO_CLIENTS: readonly DemoClient[] = [
  client(1, 'Chai Katha', 'CK', 'amber', 'Chai Katha', [
    'Assam second flush 250 g',
    'masala chai sampler',
    'brass kettle',
    'kulhad set of 6',
  ]),
  client(2, 'Indigo Loom', 'IL', 'indigo', 'Indigo Loom Support', [
    'Ajrakh stole',
    'block-print kurta M',
    'indigo bedsheet king',
    'handloom dupatta',
  ]),
  client(3, 'Vanam Naturals', 'VN', 'green', 'Vanam Naturals', [
    'neem face wash',
    'kumkumadi oil 30 ml',
    'rose water twin pack',
    'herbal shampoo bar',
  ]),
  client(4, 'श्री अन्नपूर्णा गृह उद्योग एवं मसाला भंडार', 'अन्न', 'orange', 'श्री अन्नपूर्णा गृह उद्योग', [
    'हल्दी पाउडर 1 किलो',
    'गरम मसाला',
    'आम का अचार',
    'पापड़ का पैकेट',
  ]),
  client(5, 'Little Peepal', 'LP', 'teal', 'Little Peepal', [
    'organic romper 6–12 m',
    'muslin swaddle set',
    'wooden stacking rings',
    'baby quilt',
  ]),
  client(6, 'Kadak Audio', 'KA', 'violet', 'Kadak Audio Care', [
    'Dhol 2 speaker',
    'Taal earbuds',
    'neckband Pro',
    'Type-C cable 2 m',
  ]),
  client(7, 'Saffron & Slate', 'SS', 'rose', 'Saffron & Slate', [
    'terracotta planter',
    'ceramic dinner set',
    'jute rug 4×6',
    'brass diya pair',
  ]),
  client(8, 'Pedal Bharat', 'PB', 'cyan', 'Pedal Bharat', [
    'helmet L',
    'cycle lock',
    'hydration pack',
    'rear light USB',
  ]),
  client(9, 'Nilgiri Pet Pantry', 'NP', 'blue', 'Nilgiri Pet Pantry', [
    'puppy food 3 kg',
    'cat litter 5 kg',
    'chew toys',
    'cooling mat',
  ]),
  client(10, 'Rangoli Stationers', 'RS', 'magenta', 'Rangoli Stationers', [
    'dot-grid journal',
    'gel pen box',
    'desk planner 2027',
    'washi tape set',
  ]),
  client(11, 'Deccan Fit', 'DF', 'teal', 'Deccan Fit', [
    'yoga mat 6 mm',
    'resistance bands',
    'whey 1 kg',
    'kettlebell 8 kg',
  ]),
  client(12, 'Monsoon Umbrellas', 'MU', 'indigo', 'Monsoon Umbrellas', [
    'windproof umbrella',
    'kids raincoat',
    'waterproof cover',
    'gumboots 7',
  ]),
];

export const CUSTOMERS: readonly string[] = [
  'Ananya Sharma',
  'Vikram Reddy',
  'Fatima Khan',
  'Rajesh Kumar',
  'Meera Pillai',
  'Suresh Patil',
  'Neha Gupta',
  'Joseph D’Souza',
  'Harpreet Kaur',
  'Lakshmi Venkataraman',
  'Amit Joshi',
  'Zoya Ansari',
  'Karthik Subramanian',
  'Pooja Bansal',
  'Manish Tiwari',
  'Ritu Agarwal',
  'Sanjay Bhatt',
  'Divya Menon',
  'राजेश कुमार शर्मा',
  'सुनीता देवी',
  'Aarav Malhotra',
  'Ishita Sen',
  'Mohammed Faisal',
  'Gauri Kulkarni',
  'Nikhil Jain',
  'Tenzin Dolma',
  'Prakash Hegde',
  'Shalini Mishra',
  'डॉ. वेंकटेश्वर सुब्रमण्यम अय्यर',
  'Bhavna Solanki',
  'Rahul Chatterjee',
  'Simran Gill',
];
