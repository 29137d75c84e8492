import type { DemoClient } from '../composition/index.ts';
import type { CustomerPool } from './customers.ts';
import type { SceneBank } from './scenes/index.ts';

/** How many conversations there are, and what they are like. */
export type Inbox = {
  readonly open: number;
  readonly snoozed: number;
  readonly closed: number;
  /** Of the open ones, those whose newest reply failed. */
  readonly failed: number;
  /** Share of the open ones in which the customer wrote last. */
  readonly waiting: number;
  /** Share of the open ones that nobody is assigned to. */
  readonly unassigned: number;
  /** Minutes until a reply, from and to. */
  readonly replyMinutes: readonly [number, number];
  /** Scenes by bank; a bank that is listed twice comes twice as often. */
  readonly scenes: readonly SceneBank[];
  readonly customers: readonly CustomerPool[];
  /** Customers whose names come from no pool: long ones, one word, a title. */
  readonly named?: readonly string[];
  /** One customer has opted out of everything. */
  readonly hasOptOut?: boolean;
  /** One customer may want no promotions any more. */
  readonly hasStopHint?: boolean;
  /** One customer is known by an id of WhatsApp alone. */
  readonly hasUnnamed?: boolean;
};

export type Shop = Pick<DemoClient, 'name' | 'initials' | 'hue' | 'replyAs'> & {
  /** Before the numbers of its orders. */
  readonly code: string;
  /** In ids and keys of the payment provider. */
  readonly slug: string;
  /** Where its parcels are picked up. */
  readonly city: string;
  /** Prices in paise. */
  readonly goods: readonly { readonly name: string; readonly priceMinor: number }[];
  readonly sellsOnAmazon?: boolean;
  /** Null for a client whose customers have not written yet. */
  readonly inbox: Inbox | null;
};

const goods = (...list: readonly (readonly [name: string, rupees: number])[]) =>
  list.map(([name, rupees]) => ({ name, priceMinor: Math.round(rupees * 100) }));

/** The clients of the demo. Each is of its own size, language and mood. */
export const SHOPS: readonly Shop[] = [
  {
    ...{ name: 'Chai Katha', initials: 'CK', hue: 'amber', replyAs: 'Chai Katha' },
    ...{ code: 'CK', slug: 'ChaiKatha', city: 'Jaipur_Sitapura_C (Rajasthan)', sellsOnAmazon: true },
    goods: goods(
      ['Assam second flush 250 g', 1299.5],
      ['masala chai sampler', 349],
      ['brass kettle', 2450.75],
      ['kulhad set of 6', 899],
    ),
    inbox: {
      ...{ open: 18, snoozed: 3, closed: 22, failed: 2, waiting: 0.5, unassigned: 0.28, replyMinutes: [2, 25] },
      ...{ hasOptOut: true, hasStopHint: true },
      scenes: ['english', 'tea', 'tea', 'hinglish'],
      customers: ['north', 'mixed', 'south'],
      named: ['Harpreet Kaur', 'Joseph D’Souza', 'Rev. Anthony Fernandes', 'Tenzin Dolma'],
    },
  },
  {
    ...{ name: 'Indigo Loom', initials: 'IL', hue: 'indigo', replyAs: 'Indigo Loom Support' },
    ...{ code: 'IL', slug: 'IndigoLoom', city: 'Bhuj_Mirzapar_D (Gujarat)' },
    goods: goods(
      ['Ajrakh stole', 1890],
      ['block-print kurta M', 1450],
      ['indigo bedsheet king', 3290],
      ['handloom dupatta', 1190],
    ),
    inbox: {
      ...{ open: 26, snoozed: 2, closed: 14, failed: 1, waiting: 0.35, unassigned: 0.15, replyMinutes: [3, 30] },
      hasUnnamed: true,
      scenes: ['english', 'loom', 'loom'],
      customers: ['mixed', 'south', 'bengal'],
      named: ['Lalrinpuii Ralte', 'Annamma Kurian'],
    },
  },
  {
    ...{ name: 'Vanam Naturals', initials: 'VN', hue: 'green', replyAs: 'Vanam Naturals' },
    ...{ code: 'VN', slug: 'VanamNaturals', city: 'Coimbatore_Peelamedu_H (Tamil Nadu)' },
    goods: goods(
      ['neem face wash', 249],
      ['kumkumadi oil 30 ml', 895],
      ['rose water twin pack', 320],
      ['herbal shampoo bar', 275],
    ),
    inbox: {
      ...{ open: 16, snoozed: 1, closed: 9, failed: 1, waiting: 0.4, unassigned: 0.3, replyMinutes: [5, 45] },
      scenes: ['tamil', 'tamil', 'tamil', 'skin', 'english'],
      customers: ['south', 'south', 'tamil'],
      named: ['Dr. Thirunavukkarasu Somasundaram', 'S. Padmanabhan'],
    },
  },
  {
    name: 'श्री अन्नपूर्णा गृह उद्योग एवं मसाला भंडार',
    ...{ initials: 'अन्न', hue: 'orange', replyAs: 'श्री अन्नपूर्णा गृह उद्योग' },
    ...{ code: 'AP', slug: 'Annapurna', city: 'Lucknow_Amausi_H (Uttar Pradesh)' },
    goods: goods(['हल्दी पाउडर 1 किलो', 240], ['गरम मसाला', 185], ['आम का अचार', 320], ['पापड़ का पैकेट', 95]),
    inbox: {
      ...{ open: 38, snoozed: 2, closed: 12, failed: 1, waiting: 0.6, unassigned: 0.45, replyMinutes: [10, 90] },
      scenes: ['hindi', 'hindi', 'hindi', 'hinglish'],
      customers: ['hindi', 'hindi', 'north'],
      named: ['डॉ. वेंकटेश्वर सुब्रमण्यम अय्यर', 'श्रीमती राजराजेश्वरी देवी चतुर्वेदी (सीतापुर वाली)', 'ठाकुर रघुवीर प्रताप सिंह चौहान'],
    },
  },
  {
    ...{ name: 'Little Peepal', initials: 'LP', hue: 'teal', replyAs: 'Little Peepal' },
    ...{ code: 'LP', slug: 'LittlePeepal', city: 'Kolkata_Rajarhat_C (West Bengal)' },
    goods: goods(
      ['organic romper 6–12 m', 799],
      ['muslin swaddle set', 1199],
      ['wooden stacking rings', 649],
      ['baby quilt', 2150],
    ),
    inbox: {
      ...{ open: 9, snoozed: 1, closed: 11, failed: 0, waiting: 0.2, unassigned: 0.2, replyMinutes: [2, 15] },
      scenes: ['bengali', 'bengali', 'bengali', 'baby', 'baby', 'english'],
      customers: ['bengal', 'bengal', 'bengali'],
    },
  },
  {
    ...{ name: 'Kadak Audio', initials: 'KA', hue: 'violet', replyAs: 'Kadak Audio Care' },
    ...{ code: 'KA', slug: 'KadakAudio', city: 'Gurgaon_Bilaspur_HB (Haryana)' },
    goods: goods(['Dhol 2 speaker', 3499], ['Taal earbuds', 1799], ['neckband Pro', 1299], ['Type-C cable 2 m', 399]),
    inbox: {
      ...{ open: 140, snoozed: 6, closed: 24, failed: 4, waiting: 0.85, unassigned: 0.7, replyMinutes: [40, 400] },
      ...{ hasStopHint: true, hasUnnamed: true },
      scenes: ['audio', 'audio', 'audio', 'hinglish', 'hinglish', 'angry'],
      customers: ['north', 'mixed', 'gujarat', 'south'],
      named: ['Bunty 😎', 'Simran Gill'],
    },
  },
  {
    ...{ name: 'Saffron & Slate', initials: 'SS', hue: 'rose', replyAs: 'Saffron & Slate' },
    ...{ code: 'SS', slug: 'SaffronSlate', city: 'Ahmedabad_Sarkhej_C (Gujarat)' },
    goods: goods(
      ['terracotta planter', 560],
      ['ceramic dinner set', 4850],
      ['jute rug 4×6', 2390],
      ['brass diya pair', 980],
    ),
    inbox: {
      ...{ open: 12, snoozed: 3, closed: 8, failed: 1, waiting: 0.4, unassigned: 0.25, replyMinutes: [5, 60] },
      scenes: ['gujarati', 'gujarati', 'gujarati', 'home', 'home', 'english'],
      customers: ['gujarat', 'gujarat', 'gujarati'],
      named: ['Zubin Daruwalla'],
    },
  },
  {
    ...{ name: 'Pedal Bharat', initials: 'PB', hue: 'cyan', replyAs: 'Pedal Bharat' },
    ...{ code: 'PB', slug: 'PedalBharat', city: 'Pune_Wagholi_C (Maharashtra)' },
    goods: goods(['helmet L', 1650], ['cycle lock', 720], ['hydration pack', 1980], ['rear light USB', 590]),
    inbox: {
      ...{ open: 21, snoozed: 0, closed: 7, failed: 2, waiting: 0.8, unassigned: 0.4, replyMinutes: [30, 240] },
      scenes: ['angry', 'angry', 'marathi', 'marathi', 'cycle', 'cycle'],
      customers: ['maharashtra', 'maharashtra', 'marathi', 'mixed'],
    },
  },
  {
    ...{ name: 'Nilgiri Pet Pantry', initials: 'NP', hue: 'blue', replyAs: 'Nilgiri Pet Pantry' },
    ...{ code: 'NP', slug: 'NilgiriPetPantry', city: 'Coimbatore_Peelamedu_H (Tamil Nadu)' },
    goods: goods(['puppy food 3 kg', 1480], ['cat litter 5 kg', 690], ['chew toys', 350], ['cooling mat', 1150]),
    inbox: {
      ...{ open: 5, snoozed: 2, closed: 13, failed: 0, waiting: 0.4, unassigned: 0, replyMinutes: [1, 10] },
      scenes: ['pets', 'pets', 'pets', 'english'],
      customers: ['south', 'mixed'],
    },
  },
  {
    ...{ name: 'Rangoli Stationers', initials: 'RS', hue: 'magenta', replyAs: 'Rangoli Stationers' },
    ...{ code: 'RS', slug: 'RangoliStationers', city: 'Pune_Wagholi_C (Maharashtra)' },
    goods: goods(['dot-grid journal', 325], ['gel pen box', 480], ['desk planner 2027', 595], ['washi tape set', 260]),
    inbox: {
      ...{ open: 11, snoozed: 3, closed: 4, failed: 0, waiting: 0.5, unassigned: 0.1, replyMinutes: [20, 120] },
      scenes: ['business'],
      customers: ['maharashtra', 'south', 'bengal', 'mixed'],
      named: ['Harish Chandra Bhattacharya'],
    },
  },
  {
    ...{ name: 'Deccan Fit', initials: 'DF', hue: 'teal', replyAs: 'Deccan Fit' },
    ...{ code: 'DF', slug: 'DeccanFit', city: 'Hyderabad_Shamshabad_H (Telangana)' },
    goods: goods(['yoga mat 6 mm', 1099], ['resistance bands', 849], ['whey 1 kg', 1999], ['kettlebell 8 kg', 2299]),
    inbox: {
      ...{ open: 31, snoozed: 1, closed: 16, failed: 1, waiting: 0.55, unassigned: 0.5, replyMinutes: [5, 50] },
      hasUnnamed: true,
      scenes: ['hinglish', 'hinglish', 'fitness', 'fitness'],
      customers: ['north', 'mixed'],
    },
  },
  {
    ...{ name: 'Monsoon Umbrellas', initials: 'MU', hue: 'indigo', replyAs: 'Monsoon Umbrellas' },
    ...{ code: 'MU', slug: 'MonsoonUmbrellas', city: 'Mumbai_Bhiwandi_H (Maharashtra)' },
    goods: goods(['windproof umbrella', 999], ['kids raincoat', 749], ['waterproof cover', 399], ['gumboots 7', 1249]),
    // It sells from June to September.
    inbox: null,
  },
];
