import { order, type Scene } from './scene.ts';

export const HINGLISH: readonly Scene[] = [
  {
    tags: ['return'],
    ...order('paid', 'delivered', [4, 6]),
    turns: [
      ['c', 'Jo mangwaya tha woh nahi aaya, exchange ho sakta hai kya? {order}'],
      ['a', 'Ji bilkul. Kya aaya hai, ek photo bhej dijiye? Pickup hum kal arrange kar denge.'],
      ['c', '[image] Ye aaya hai, maine {item} bola tha'],
      ['c', 'Aur pickup shaam ko ho to accha rahega, 6 ke baad'],
      ['a', 'Sorry, galti hamari hai. Pickup kal shaam 6 se 8 ke beech, naya wala saath mein aayega.'],
      ['c', 'Ok ji'],
    ],
  },
  {
    tags: ['payment'],
    ...order('pending', 'none', [0, 1]),
    turns: [
      ['c', 'Payment cut ho gaya but order confirm nahi dikha raha. UPI se kiya tha {amount}'],
      ['a', 'Hum check karte hain. Order number bata denge?'],
      ['c', '{order}'],
      ['n', 'Gateway shows {order} as processing. Settles by itself, or reverses in 3 days.'],
      [
        'a',
        '{order} ka payment abhi bank mein processing hai. Ya to confirm hoga, ya 3 working days mein {amount} wapas aa jayega.',
      ],
      ['c', 'Theek hai but please jaldi'],
    ],
  },
  {
    tags: ['delivery'],
    ...order('paid', 'moving', [4, 6]),
    turns: [
      ['c', 'Kal se tracking update nahi ho raha hai, AWB {awb}'],
      ['a', 'Courier se baat hui hai, gaadi hub par ruki thi. Ab nikal chuki hai.'],
      ['c', 'Kab tak aayega?'],
      ['a', 'Kal shaam tak. {order} par nazar rakh rahe hain.'],
      ['c', '[audio]'],
    ],
  },
  {
    tags: ['order status'],
    ...order('cash', 'packed', [1, 2]),
    turns: [
      ['c', 'Bhai {order} abhi tak dispatch nahi hua, {placed} ko order kiya tha'],
      ['a', 'Pack ho gaya hai, aaj pickup hai. AWB {awb}.'],
      ['c', 'COD hai na? {amount}'],
      ['a', 'Ji, COD {amount}. UPI se bhi de sakte hain delivery par.'],
      ['c', 'Theek'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', '{item} ka best price kya hai?'],
      ['a', 'Ji {price} hai, GST ke saath. Do lenge to delivery free.'],
      ['c', 'Thoda kam karo na'],
      ['a', 'Isse kam nahi ho payega, lekin aaj order karenge to kal dispatch pakka.'],
      ['c', 'Link bhejo'],
    ],
  },
  {
    tags: ['refund'],
    ...order('paid', 'returning', [8, 11]),
    turns: [
      ['c', 'Return pickup ho gaya, paisa kab aayega? {order}'],
      ['a', 'Parcel hamare warehouse wapas aa raha hai, AWB {awb}. Aate hi {amount} refund ho jayega.'],
      ['c', 'Pichli baar bhi itna hi time laga tha yaar'],
      ['a', 'Samajh sakte hain. Warehouse mein pahunchte hi aapko yahin message karenge.'],
    ],
  },
  {
    tags: ['address'],
    ...order('cash', 'arrives', [3, 5]),
    turns: [
      ['c', 'Delivery wale bhaiya ko ghar nahi mil raha'],
      ['c', '[location]'],
      ['a', 'Location bhej di unko. Koi landmark?'],
      ['c', 'Hanuman mandir ke saamne wali gali, doosra makaan'],
      ['a', 'Bata diya, 10 minute mein pahunch rahe hain. {amount} cash ya UPI taiyar rakhiye.'],
      ['c', 'Mil gaya, shukriya'],
    ],
  },
  {
    tags: ['feedback'],
    ...order('paid', 'delivered', [4, 8]),
    turns: [
      ['c', 'Ekdum mast hai {item} 🔥 paisa vasool'],
      ['a', 'Bahut shukriya {name} ji! Ek photo bhej denge to aur khushi hogi.'],
      ['c', '[image] Lo ji'],
    ],
  },
  {
    tags: ['cart'],
    turns: [
      ['c', '[cart] Ye sab ek saath mil jayega?'],
      ['a', 'Ji sab stock mein hai. Payment link bhej doon?'],
      ['c', 'Haan, aur gift pack kar dena'],
    ],
  },
  {
    tags: ['cancel'],
    ...order('pending', 'none', [0, 1]),
    turns: [
      ['c', 'Order cancel karna hai {order}'],
      ['a', 'Ho jayega. Payment abhi processing mein hai, {amount} kata hai to wapas aa jayega.'],
      ['c', 'Sure na?'],
      ['a', 'Ji pakka, 3 working days.'],
      ['c', 'Ok'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Dukaan kahan hai? Aake le sakte hain kya'],
      ['a', 'Abhi sirf online hai ji. 3 din mein ghar pahunch jayega.'],
      ['c', 'Aaj hi chahiye tha'],
    ],
  },
];

export const ANGRY: readonly Scene[] = [
  {
    tags: ['complaint'],
    ...order('paid', 'moving', [8, 11]),
    turns: [
      ['c', 'This is the FOURTH time I am writing. Where is {order}???'],
      ['a', 'I am sorry for the wait. It is with Delhivery, AWB {awb}, and was stuck at the hub. It moves today.'],
      ['c', 'You people said the same thing on {placed}'],
      ['c', 'If it does not come by tomorrow I am going to the consumer forum'],
      ['n', 'Escalated to Delhivery’s regional desk. Please nobody promise a date until they answer.'],
      [
        'a',
        'You are right to be annoyed. I have taken it over myself and write to you by 6 pm, whatever the answer is.',
      ],
    ],
  },
  {
    tags: ['complaint'],
    ...order('paid', 'delivered', [5, 9]),
    turns: [
      ['c', 'Third class quality. {item} toot gaya do din mein'],
      ['c', '[image] Dekho'],
      ['c', '[video] Aur ye bhi dekho'],
      ['a', 'Bahut kharab laga dekh kar. {order} ke liye replacement ya {amount} refund, jo aap chahein.'],
      ['c', 'Refund. Dobara kabhi nahi lunga'],
      ['a', '{amount} ka refund shuru kar diya hai, 5 se 7 din.'],
    ],
  },
  {
    tags: ['complaint'],
    ...order('cash', 'attempted', [4, 7]),
    turns: [
      ['c', 'Your delivery guy was rude and left without giving the parcel. {order}'],
      ['a', 'That is not acceptable, I am sorry. I have reported it to Delhivery, AWB {awb}.'],
      ['c', 'I do not want a report. I want my parcel. TODAY.'],
      ['a', 'A second attempt is booked, and their supervisor calls you before it.'],
      ['c', 'Nobody has called'],
      ['c', 'Hello??'],
    ],
  },
  {
    tags: ['refund'],
    ...order('paid', 'returning', [12, 15]),
    turns: [
      ['c', 'Refund kahan hai? 15 din ho gaye'],
      ['c', '{amount} koi mazaak nahi hai'],
      ['a', '{order} ka parcel wapas aa raha hai, AWB {awb}. Hum usse pehle hi refund karwa rahe hain.'],
      ['n', 'Asked Arjun to approve {amount} before the parcel is back.'],
      ['c', 'Screenshot bhejo refund ka'],
    ],
  },
  {
    tags: ['complaint'],
    turns: [
      ['c', 'I called 7 times. Why does no one pick up'],
      ['a', 'We answer here on WhatsApp, from 9 to 9. How can we help?'],
      ['c', 'First tell me why you have a phone number on the box then'],
    ],
  },
];
