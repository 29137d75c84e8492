import { order, type Scene } from './scene.ts';

export const ENGLISH: readonly Scene[] = [
  {
    tags: ['order status'],
    ...order('paid', 'moving', [2, 4]),
    turns: [
      ['c', 'Hi, I ordered the {item} on {placed}. Any update? Order {order}'],
      ['a', 'Hello {name}. {order} left our warehouse and is with Delhivery, AWB {awb}. It should reach you tomorrow.'],
      ['c', 'Ok thank you. Will someone call before delivery?'],
      ['a', 'Yes, the courier calls about 30 minutes before.'],
      ['c', 'Perfect'],
    ],
  },
  {
    tags: ['damaged'],
    ...order('paid', 'delivered', [4, 7]),
    turns: [
      ['c', 'The {item} came broken'],
      ['c', '[image] This is how it looked when I opened the box. Order {order}'],
      [
        'a',
        'We are sorry about this. I can see the damage in the photo. Would you like a replacement or a refund of {amount}?',
      ],
      ['c', 'Replacement please, it was a gift for my mother'],
      ['n', 'Photo checked, courier damage. Replacement approved by Arjun on call.'],
      ['a', 'Done. A new one leaves our warehouse today, and you need not return the broken one.'],
      ['c', 'Thank you so much 🙏'],
    ],
  },
  {
    tags: ['address'],
    ...order('paid', 'packed', [0, 1]),
    turns: [
      ['c', 'I gave my old address by mistake for {order}. Can it still be changed?'],
      ['a', 'It is packed and waits for the courier, so yes. Please send the full new address with the PIN code.'],
      ['c', '{address}'],
      ['n', 'New label printed, old one torn off. AWB stays {awb}.'],
      ['a', 'Changed. The parcel goes to the new address, AWB {awb}.'],
      ['c', 'You saved me a trip, thanks!'],
    ],
  },
  {
    tags: ['payment'],
    ...order('failed', 'none', [0, 1]),
    turns: [
      ['c', 'My card payment of {amount} did not go through but I got an SMS from the bank. Order {order}'],
      ['a', 'Let me look. Our payment page shows {order} as declined by the bank, so nothing reached us.'],
      ['c', 'So will I get it back?'],
      ['a', 'The bank reverses {amount} by itself, usually within 3 working days. Nothing was charged by us.'],
      ['c', 'Fine. I will try UPI in the evening'],
    ],
  },
  {
    tags: ['refund'],
    ...order('paid', 'delivered', [13, 16]),
    turns: [
      ['c', 'It has been 8 days since pickup and the refund for {order} is still not there'],
      ['a', 'I understand, that is too long. Give me a few minutes to check with the bank.'],
      ['n', 'Refund of {amount} was started the day the return reached us. Bank side delay, ARN asked for.'],
      [
        'a',
        'The refund of {amount} left us on the day your return arrived. I have asked for the bank reference and send it here.',
      ],
      ['c', 'Please do, my card bill is due'],
    ],
  },
  {
    tags: ['delivery'],
    ...order('paid', 'arrives', [3, 5]),
    turns: [
      ['c', 'Delivery boy is saying address not found. Please call him!! {order}'],
      ['a', 'I am calling the courier now. Can you share your location here?'],
      ['c', '[location]'],
      ['c', 'Opposite the medical shop, blue gate'],
      ['a', 'Shared it with him. He will be there in 15 minutes.'],
      ['c', 'Received, thanks'],
    ],
  },
  {
    tags: ['cancel'],
    ...order('paid', 'none', [0, 1]),
    turns: [
      ['c', 'Please cancel {order}. I ordered twice by mistake'],
      [
        'a',
        'No problem, it has not left yet. I have cancelled it. {amount} goes back to the same card in 5 to 7 days.',
      ],
      ['c', 'Thank you for the quick help'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Hello, do you ship to Port Blair?'],
      ['a', 'Yes, we do. It takes 7 to 9 days, by air and then by Speed Post.'],
      ['c', 'Ok fine'],
      ['c', 'And cash on delivery?'],
      ['a', 'Not to the islands, sorry. UPI and cards work.'],
      ['c', 'Understood'],
    ],
  },
  {
    tags: ['feedback'],
    ...order('paid', 'delivered', [5, 9]),
    turns: [
      ['c', 'Just wanted to say the {item} is lovely. My whole family liked it ❤️'],
      ['a', 'This made our day, {name}. Thank you for telling us.'],
      ['c', '[image] Here it is at home'],
    ],
  },
  {
    tags: ['invoice'],
    ...order('paid', 'delivered', [3, 6]),
    turns: [
      ['c', 'I need a GST invoice for {order}. GSTIN {gstin}, in the name of the firm'],
      ['a', 'Sure. Please confirm the name and address of the firm as on the certificate.'],
      ['c', '[document] gst-certificate.pdf'],
      ['a', '[document] invoice.pdf'],
      ['a', 'Here is the invoice for {amount}.'],
      ['c', 'Got it'],
    ],
  },
  {
    tags: ['delivery'],
    ...order('cash', 'attempted', [3, 5]),
    turns: [
      ['c', 'Courier marked {order} as "customer not available". I was at home the whole day'],
      ['a', 'I am sorry. I have raised it with Delhivery under AWB {awb} and asked for a second attempt.'],
      ['c', 'Tomorrow before 12 please, and it is cash on delivery, {amount} will be ready'],
      ['a', 'Noted for tomorrow before 12.'],
    ],
  },
  {
    tags: ['cart'],
    turns: [
      ['c', '[cart] Can you deliver these by Saturday?'],
      [
        'a',
        'Thank you for the cart. If you pay today, all of it reaches you by Friday evening. Shall I send the payment link?',
      ],
      ['c', 'Yes please'],
    ],
  },
  {
    tags: ['question'],
    ad: { title: 'New this week', text: 'Made in small batches. Tap to ask us anything.' },
    turns: [
      ['c', 'Is this available? Saw it on Instagram'],
      ['a', 'Yes, it is in stock. The {item} is {price}, delivery in 3 to 5 days.'],
      ['c', 'Any discount on two?'],
      ['a', 'Not at the moment, but delivery is free for two.'],
      ['c', 'Let me think'],
    ],
  },
  {
    tags: ['delivery'],
    ...order('paid', 'out', [3, 5]),
    turns: [
      ['t', 'Your order {order} is out for delivery today. Please choose what suits you.'],
      ['c', '[button] Leave with security'],
      ['a', 'Noted. The courier leaves it at the gate, AWB {awb}.'],
      ['c', '[audio]'],
    ],
  },
];
