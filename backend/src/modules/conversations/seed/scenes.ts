/** A scene of a conversation: `c` the customer, `a` the agency, `n` a note between colleagues. `{item}` and `{order}` are filled in. */
export type Turn = readonly ['c' | 'a' | 'n', string];
export type Scene = { readonly tags: readonly string[]; readonly turns: readonly Turn[] };

export const SCENES: readonly Scene[] = [
  {
    tags: ['order status'],
    turns: [
      ['c', 'Hi, I ordered the {item} on Monday. Any update? Order {order}'],
      ['a', 'Good morning. Order {order} left our warehouse last evening and should reach you tomorrow before 8 pm.'],
      ['c', 'Ok thank you. Will someone call before delivery?'],
      ['a', 'Yes, the courier calls about 30 minutes before.'],
      ['c', 'Perfect'],
    ],
  },
  {
    tags: ['damaged'],
    turns: [
      ['c', 'The {item} came broken'],
      ['c', '[image] Sending photo'],
      ['a', 'We are sorry about this. I can see the crack in the photo. Would you like a replacement or a refund?'],
      ['c', 'Replacement please, it was a gift for my mother'],
      ['n', 'Photo checked, courier damage. Replacement approved by Arjun on call.'],
      ['a', 'Done. A new one leaves today and you need not return the broken one.'],
      ['c', 'Thank you so much 🙏'],
    ],
  },
  {
    tags: ['return'],
    turns: [
      ['c', 'Size chhota hai, exchange ho sakta hai kya?'],
      ['a', 'Ji bilkul. Aap kaunsa size chahenge? Pickup hum kal arrange kar denge.'],
      ['c', 'Large'],
      ['c', 'Aur pickup shaam ko ho to accha rahega, 6 ke baad'],
      ['a', 'Noted. Pickup kal shaam 6 se 8 ke beech.'],
      ['c', 'Ok ji'],
    ],
  },
  {
    tags: ['payment'],
    turns: [
      ['c', 'Payment cut ho gaya but order confirm nahi dikha raha. UPI se kiya tha ₹1,299'],
      ['a', 'Hum check karte hain. Kya aap transaction ka time bata sakte hain?'],
      ['c', 'Aaj 11:40 am'],
      ['n', 'Gateway shows it as pending. Settles by itself or reverses in 3 days.'],
      [
        'a',
        'Payment abhi bank mein pending hai. Ya to order confirm hoga, ya 3 working days mein paisa wapas aa jayega.',
      ],
      ['c', 'Theek hai but please jaldi'],
    ],
  },
  {
    tags: ['order status'],
    turns: [
      ['c', 'मेरा ऑर्डर {order} कब तक आएगा?'],
      ['a', 'नमस्ते। आपका ऑर्डर कल शाम तक पहुँच जाएगा।'],
      ['c', 'धन्यवाद। पता सही है ना?'],
      ['a', 'जी हाँ, वही पता है जो आपने ऑर्डर में दिया था।'],
      ['c', 'ठीक है'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Is the {item} available in other colours?'],
      ['a', 'Yes, in three: natural, rust and deep blue. Shall I send the link of one?'],
      ['c', 'Deep blue please'],
      ['a', 'Here it is: https://shop.example/deep-blue. It ships within 2 days.'],
      ['c', 'Great, ordering now'],
    ],
  },
  {
    tags: ['bulk order'],
    turns: [
      ['c', 'We need 120 pieces of {item} for Diwali gifting. What is the best price?'],
      [
        'a',
        'Thank you for writing to us. For 120 pieces there is 18% off and free printing of your logo. By when do you need them?',
      ],
      ['c', 'By 2nd of next month, Pune office'],
      ['n', 'Asked warehouse: 140 in stock. Can promise.'],
      ['a', 'We can deliver to Pune by the 30th. Shall I send a quote to this number?'],
      ['c', 'Yes, and GST invoice is needed'],
      ['c', 'Company name is Sahyadri Infra LLP'],
    ],
  },
  {
    tags: ['delivery'],
    turns: [
      ['c', 'Delivery boy is saying address not found. Please call him!!'],
      ['a', 'I am calling the courier now. Is there a landmark near your place?'],
      ['c', 'Opposite Ganesh Medical, blue gate'],
      ['a', 'Shared it with him. He will be there in 15 minutes.'],
      ['c', 'Received, thanks'],
    ],
  },
  {
    tags: ['cancel'],
    turns: [
      ['c', 'Please cancel order {order}. I ordered twice by mistake'],
      ['a', 'No problem. Both are still here, I have cancelled the second one. The refund reaches you in 3 to 5 days.'],
      ['c', 'Thank you for the quick help'],
    ],
  },
  {
    tags: ['refund'],
    turns: [
      ['c', 'It has been 8 days and the refund is still not there'],
      ['c', 'Order {order}'],
      ['a', 'I understand, that is too long. Give me a few minutes to check with the bank.'],
      ['n', 'Refund was sent on the 11th, ARN shared by gateway. Bank side delay.'],
      ['a', 'The refund left us on the 11th. Your bank can find it with the reference I am sending you by e-mail.'],
      ['c', 'Which email? I did not get anything'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'Hello, do you ship to Port Blair?'],
      ['a', 'Yes, we do. It takes 7 to 9 days and costs ₹120 extra.'],
      ['c', 'Ok fine'],
      ['c', 'And cash on delivery?'],
    ],
  },
  {
    tags: ['feedback'],
    turns: [
      ['c', 'Just wanted to say the {item} is lovely. My whole family liked it ❤️'],
      ['a', 'This made our day. Thank you for telling us.'],
      ['c', 'Will order again for Raksha Bandhan'],
    ],
  },
  {
    tags: ['delivery'],
    turns: [
      ['c', 'Kal se tracking update nahi ho raha hai'],
      ['a', 'Courier se baat hui hai, gaadi Nagpur mein ruki thi. Ab nikal chuki hai.'],
      ['c', 'Kab tak aayega?'],
      ['a', 'Parso tak.'],
      ['c', '[audio] Voice note'],
    ],
  },
  {
    tags: ['invoice'],
    turns: [
      ['c', 'Please send the invoice with GSTIN 27AABCS1429B1Z2'],
      ['c', '[document] purchase-order.pdf'],
      ['a', 'Got it. The invoice will be in your e-mail within the hour.'],
      ['c', 'Thanks'],
    ],
  },
  {
    tags: ['question'],
    turns: [
      ['c', 'क्या {item} शुद्ध है? कोई मिलावट तो नहीं?'],
      ['a', 'जी, यह सौ प्रतिशत शुद्ध है और हर खेप की जाँच होती है। जाँच की रिपोर्ट भेज दूँ?'],
      ['c', 'हाँ भेज दीजिए, और दो पैकेट का दाम भी बताइए'],
    ],
  },
  {
    tags: ['wrong item'],
    turns: [
      ['c', 'I received the wrong product. I ordered the {item}'],
      ['c', '[image] Here is what came'],
      [
        'a',
        'That is our mistake. The right one leaves today, and the courier takes the wrong one back at the same time.',
      ],
      ['c', 'Ok. Please make sure this time'],
    ],
  },
];

/** How the newest customer message may read where somebody is waiting for an answer. */
export const OPENERS: readonly string[] = [
  'Hello?',
  'Any update on this?',
  'Is anyone there',
  'Bhai jaldi batao',
  'Can you please check order {order}',
  'Mujhe aaj hi chahiye',
  'कृपया जल्दी बताइए',
  'Still waiting for your reply',
  'Also, do you have the {item} in stock?',
  'ok',
  'Please call me',
];
