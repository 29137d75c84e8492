type Names = { readonly given: readonly string[]; readonly family: readonly string[] };

const words = (text: string) => text.split(' ');

/** Names by where people come from. Every given name goes with every family name of its pool. */
const POOLS = {
  north: {
    given: words(
      'Ananya Vikram Rajesh Neha Amit Pooja Manish Ritu Sanjay Nikhil Shalini Rahul Aarav Ishita Deepak Kiran Sunil Preeti Gaurav Swati Rohit Nidhi Ashok Kavya Yash Sakshi',
    ),
    family: words('Sharma Gupta Kumar Tiwari Agarwal Mishra Malhotra Jain Bansal Chauhan Saxena Rawat Thakur'),
  },
  south: {
    given: words(
      'Lakshmi Karthik Divya Prakash Meera Suresh Anitha Harish Revathi Arvind Deepa Ramesh Sowmya Vignesh Padma Ganesh Nandini Murali',
    ),
    family: words('Venkataraman Subramanian Menon Hegde Pillai Reddy Iyengar Krishnan Rao Balakrishnan Nambiar'),
  },
  bengal: {
    given: words('Rahul Ishita Sourav Debjani Anirban Moumita Subhash Paromita Arindam Sharmila Tapan Riya'),
    family: words('Chatterjee Sen Banerjee Mukherjee Ghosh Dasgupta Bhattacharya'),
  },
  maharashtra: {
    given: words('Suresh Gauri Sachin Manasi Vaidehi Nitin Sayali Ajinkya Rutuja Mangesh Shruti Prasad'),
    family: words('Patil Kulkarni Deshmukh Joshi Kirloskar Jadhav Gokhale'),
  },
  gujarat: {
    given: words('Bhavna Hitesh Jignesh Hetal Mehul Falguni Ketan Dipti Chirag Komal'),
    family: words('Solanki Bhatt Patel Shah Trivedi Desai Parmar'),
  },
  mixed: {
    given: words('Fatima Zoya Mohammed Imtiaz Ayesha Sameer Nazia Farhan Rukhsar Irfan Saba Danish'),
    family: words('Khan Ansari Faisal Siddiqui Qureshi Shaikh Hussain'),
  },
  hindi: {
    given: words('राजेश सुनीता रामप्रसाद कमला विजय गीता महेन्द्र सरोज ओमप्रकाश उर्मिला जगदीश शकुन्तला बृजमोहन पुष्पा दिनेश मीना'),
    family: words('शर्मा देवी कुशवाहा वर्मा त्रिपाठी श्रीवास्तव यादव चतुर्वेदी अग्रवाल'),
  },
  tamil: {
    given: words('முருகன் செல்வி கார்த்திக் மீனாட்சி அருண் தமிழ்ச்செல்வி'),
    family: words('சுப்பிரமணியன் ராஜேந்திரன் வேலுச்சாமி கண்ணன்'),
  },
  bengali: { given: words('সুমিত্রা অরিন্দম মৌসুমী তাপস'), family: words('চট্টোপাধ্যায় সেন ঘোষ') },
  marathi: { given: words('सुरेश गौरी मंगेश सायली'), family: words('पाटील कुलकर्णी देशमुख') },
  gujarati: { given: words('ભાવના હિતેશ ફાલ્ગુની કેતન'), family: words('પટેલ સોલંકી ત્રિવેદી') },
} as const satisfies Readonly<Record<string, Names>>;
export type CustomerPool = keyof typeof POOLS;

/** The `n`th name of a pool. A pool has as many as given times family names, and begins anew after them. */
export function customerOf(pool: CustomerPool, n: number): string {
  const { given, family } = POOLS[pool];
  const surname = n + Math.floor(n / given.length) + Math.floor(n / family.length);
  return `${given[n % given.length]} ${family[surname % family.length]}`;
}

export const FIRMS: readonly string[] = [
  'Sahyadri Infra LLP',
  'Kaveri Textile Mills Pvt Ltd',
  'St. Xavier’s Higher Secondary School',
  'Deodar Hospitality',
  'Ashtavinayak Co-operative Bank',
  'Malabar Logistics Pvt Ltd',
  'Bharat Heritage Foundation',
  'Navrang Events & Exhibitions',
];

/** Where customers are when they share their location. */
export const PLACES = [
  { name: 'Ganesh Medical Stores', address: 'Kothrud, Pune 411038', latitude: 18.5074, longitude: 73.8077 },
  { name: 'Hanuman Mandir', address: 'Gomti Nagar, Lucknow 226010', latitude: 26.8512, longitude: 81.0075 },
  { name: null, address: '8th Cross, Malleshwaram, Bengaluru 560003', latitude: 13.0031, longitude: 77.5643 },
  { name: 'Panchayat Bhavan', address: 'Mishrikh, Sitapur 261401', latitude: 27.4321, longitude: 80.5296 },
  { name: null, address: null, latitude: 22.5726, longitude: 88.3639 },
  { name: 'WorkNest Indiranagar', address: '100 Feet Road, Bengaluru 560038', latitude: 12.9719, longitude: 77.6412 },
] as const;

/** People whose details customers share. */
export const SHARED = [
  { name: 'Nandita Baruah', company: 'National Institute of Design', reach: ['+919812345670'] },
  { name: 'Preetha Kurup', company: 'WorkNest', reach: ['+919845012345', 'preetha@worknest.example'] },
] as const;

export const ADDRESSES: readonly string[] = [
  'Flat 402, Shanti Residency, 8th Cross, Malleshwaram, Bengaluru 560003',
  'B-17, Sector 62, Noida 201309, near Fortis',
  '12/3 Ballygunge Place, 2nd floor, Kolkata 700019',
  'Plot 88, Jubilee Hills, Road No. 36, Hyderabad 500033',
  '7, Gulmohar Society, Satellite, Ahmedabad 380015',
  'Old No. 14, New No. 27, Luz Church Road, Mylapore, Chennai 600004',
  'A-204, Prabhat Road, lane 9, Erandwane, Pune 411004',
];

export const PETS: readonly string[] = ['Idli', 'Laddoo', 'Bruno', 'Kaapi', 'Simba', 'Motu', 'Chikoo'];
