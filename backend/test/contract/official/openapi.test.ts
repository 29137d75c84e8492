import { expect, test } from 'vitest';
import { describeSpecs, judged } from './cases.ts';
import { official } from './index.ts';

const error = { error: { type: 'invalid_request_error', message: 'No such customer' } };

judged('stripe', 'the list of customers (OpenAPI 3.0)', {
  request: {
    method: 'GET',
    host: 'api.stripe.com',
    path: '/v1/customers?limit=3&created[gte]=5&expand[]=data.sources',
  },
  wrong: [
    ['another host', { host: 'api.stripe.example' }, 'host: is api.stripe.example, and api.stripe.com'],
    ['a parameter nobody knows', { path: '/v1/customers?page=2' }, 'query.page: is not in the document'],
    ['a word for a number', { path: '/v1/customers?limit=many' }, 'query.limit: is "many", and integer'],
    [
      'an unknown part of a parameter',
      { path: '/v1/customers?created[since]=5' },
      'query.created.since: is not in the document',
    ],
    ['a parameter given twice', { path: '/v1/customers?limit=1&limit=2' }, 'query.limit: is given 2 times'],
    ['a method that is not there', { method: 'PUT' }, 'method: is PUT, and the document has GET, POST'],
    ['a path that is not there', { path: '/v2/customers' }, 'path: the document describes no /v2/customers'],
  ],
  reply: {
    status: 200,
    body: {
      object: 'list',
      url: '/v1/customers',
      has_more: false,
      data: [{ id: 'cus_1', object: 'customer', created: 1, livemode: false }],
    },
  },
  untrue: [
    ['no data', { body: { object: 'list', url: '/v1/customers', has_more: false } }, 'body.data: is missing'],
    [
      'text for a truth',
      { body: { object: 'list', url: '/v1/customers', has_more: 'no', data: [] } },
      'body.has_more: is "no", and boolean',
    ],
    [
      'another kind of object',
      { body: { object: 'page', url: '/v1/customers', has_more: false, data: [] } },
      'body.object: is "page", and only "list"',
    ],
    [
      'a field of our own',
      { body: { object: 'list', url: '/v1/customers', has_more: false, data: [], total: 1 } },
      'body.total: is not in the document',
    ],
    ['no body', { body: undefined }, 'body: is missing'],
    [
      'an error of another shape',
      { status: 404, body: { error: { ...error.error, code: 5 } } },
      'body.error.code: is 5, and string',
    ],
  ],
});

judged('stripe', 'a new customer (a form)', {
  request: {
    method: 'POST',
    path: '/v1/customers',
    body: new URLSearchParams('email=asha@example.com&metadata[client]=1&address[city]=Pune'),
  },
  wrong: [
    [
      'JSON for a form',
      { body: { email: 'asha@example.com' } },
      'body: is application/json, and application/x-www-form-urlencoded',
    ],
    ['an unknown field', { body: new URLSearchParams('mail=a') }, 'body.mail: is not in the document'],
    [
      'an unknown field inside of one',
      { body: new URLSearchParams('address[town]=a') },
      'body.address.town: is not in the document',
    ],
    ['a word for a number', { body: new URLSearchParams('balance=x') }, 'body.balance: is "x", and integer'],
    [
      'a choice that is none',
      { body: new URLSearchParams('tax_exempt=maybe') },
      'body.tax_exempt: is "maybe", and only',
    ],
  ],
  reply: { status: 200, body: { id: 'cus_1', object: 'customer', created: 1, livemode: false } },
  untrue: [
    [
      'a time as text',
      { body: { id: 'cus_1', object: 'customer', created: '2026-01-05', livemode: false } },
      'body.created: is "2026-01-05", and integer',
    ],
  ],
});

const found = { issues: [{ id: '1', key: 'A-1', fields: { summary: 'x', anything: null } }], isLast: true };
judged('jira', 'a search through the address of an OAuth app', {
  request: {
    method: 'GET',
    host: 'api.atlassian.com',
    path: '/ex/jira/1f2e/rest/api/3/search/jql',
    query: { jql: 'a', fields: 'a,b', maxResults: '50' },
  },
  wrong: [
    ['another host', { host: 'jira.example' }, 'host: is jira.example'],
    ['the old way of paging', { query: { jql: 'a', startAt: '0' } }, 'query.startAt: is not in the document'],
    ['a word for a number', { query: { maxResults: 'all' } }, 'query.maxResults: is "all", and integer'],
    ['a word for a truth', { query: { failFast: 'yes' } }, 'query.failFast: is "yes", and boolean'],
    ['a body', { body: { jql: 'a' } }, 'body: the document has none here'],
    ['another prefix', { path: '/ex/confluence/1/rest/api/3/search/jql' }, 'path: the document describes no'],
  ],
  reply: { status: 200, body: found },
  untrue: [
    ['issues that are no list', { body: { issues: {} } }, 'body.issues: is {}, and array'],
    ['a number for an id', { body: { issues: [{ id: 1 }] } }, 'body.issues[0].id: is 1, and string'],
    ['a field of our own', { body: { ...found, total: 1 } }, 'body.total: is not in the document'],
    ['a status that is not there', { status: 201 }, 'status 201: is not in the document'],
  ],
});

judged('whatsapp', 'a text (OpenAPI 3.1)', {
  request: {
    method: 'POST',
    host: 'graph.facebook.com',
    path: '/v23.0/100/messages',
    body: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '919999900001',
      type: 'text',
      text: { body: 'Namaste' },
    },
  },
  wrong: [
    [
      'no content',
      { body: { messaging_product: 'whatsapp', recipient_type: 'individual', to: '919999900001', type: 'text' } },
      'body.text: is missing',
    ],
    [
      'another kind of text',
      {
        body: {
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to: '1',
          type: 'text',
          text: { body: 'x', preview_url: 'yes' },
        },
      },
      'body.text.preview_url: is "yes", and boolean',
    ],
    [
      'a number for text',
      {
        body: { messaging_product: 'whatsapp', recipient_type: 'individual', to: '1', type: 'text', text: { body: 5 } },
      },
      'body.text.body: is 5, and string',
    ],
    [
      'an unknown field',
      {
        body: {
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to: '1',
          type: 'text',
          text: { body: 'x' },
          cc: '2',
        },
      },
      'body.cc: is not in the document',
    ],
    [
      'a form',
      { body: new URLSearchParams('to=1') },
      'body: is application/x-www-form-urlencoded, and application/json',
    ],
    ['half of a JSON', { body: '{"to":', headers: { 'content-type': 'application/json' } }, 'body: is no JSON'],
    ['a parameter nobody knows', { path: '/v23.0/100/messages?dry=1' }, 'query.dry: is not in the document'],
  ],
  reply: {
    status: 200,
    body: { messaging_product: 'whatsapp', contacts: [{ input: '91', wa_id: '91' }], messages: [{ id: 'wamid.1' }] },
  },
  untrue: [
    [
      'a number for an id',
      { body: { messaging_product: 'whatsapp', contacts: [], messages: [{ id: 1 }] } },
      'body.messages[0].id: is 1, and string',
    ],
    [
      'messages that are no list',
      { body: { messaging_product: 'whatsapp', contacts: [], messages: {} } },
      'body.messages: is {}, and array',
    ],
  ],
});

const order = {
  AmazonOrderId: '902-1',
  PurchaseDate: '2026-01-05T09:30:00Z',
  LastUpdateDate: '2026-01-05T09:30:00Z',
  OrderStatus: 'Shipped',
};
judged('amazon-sp-api', 'a list of orders (Swagger 2.0)', {
  request: {
    method: 'GET',
    host: 'sellingpartnerapi-eu.amazon.com',
    path: '/orders/v0/orders?MarketplaceIds=A21TJRUUN4KGV,B&CreatedAfter=2026-01-01T00:00:00Z',
  },
  wrong: [
    ['no marketplace', { path: '/orders/v0/orders' }, 'query.MarketplaceIds: is missing'],
    [
      'a parameter nobody knows',
      { path: '/orders/v0/orders?MarketplaceIds=A&Status=x' },
      'query.Status: is not in the document',
    ],
    [
      'a word for a number',
      { path: '/orders/v0/orders?MarketplaceIds=A&MaxResultsPerPage=x' },
      'query.MaxResultsPerPage: is "x", and integer',
    ],
    ['another host', { host: 'sellingpartnerapi-in.amazon.com' }, 'host: is sellingpartnerapi-in.amazon.com'],
    ['a version that is not there', { path: '/orders/v1/orders?MarketplaceIds=A' }, 'path: the document describes no'],
  ],
  reply: { status: 200, body: { payload: { Orders: [order] } } },
  untrue: [
    [
      'no status of an order',
      { body: { payload: { Orders: [{ ...order, OrderStatus: undefined }] } } },
      'body.payload.Orders[0].OrderStatus: is missing',
    ],
    [
      'a status that is none',
      { body: { payload: { Orders: [{ ...order, OrderStatus: 'Sent' }] } } },
      'body.payload.Orders[0].OrderStatus: is "Sent", and only',
    ],
    [
      'a field of our own',
      { body: { payload: { Orders: [{ ...order, Total: 1 }] } } },
      'body.payload.Orders[0].Total: is not in the document',
    ],
    ['orders that are no list', { body: { payload: { Orders: {} } } }, 'body.payload.Orders: is {}, and array'],
    [
      'a number for text',
      { body: { payload: { Orders: [{ ...order, OrderTotal: { Amount: 5, CurrencyCode: 'INR' } }] } } },
      'OrderTotal.Amount: is 5, and string',
    ],
  ],
});

describeSpecs('of several paths', () => {
  test('the one with most words in it is meant: a search is no customer of the name "search"', () => {
    const search = { method: 'GET', path: '/v1/customers/search' };
    expect(official('stripe')!.request(search)).toEqual(['query.query: is missing']);
    expect(official('stripe')!.request({ ...search, path: '/v1/customers/cus_1' })).toEqual([]);
  });
});

describeSpecs('what the documents leave out', () => {
  test('a refusal by a gateway passes, and a file part is read from a multipart body', () => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', 'image/png');
    form.set('file', new Blob(['x']), 'a.png');
    expect(official('jira')!.reply({ method: 'GET', path: '/rest/api/3/myself', status: 502, body: '<html>' })).toEqual(
      [],
    );
    expect(official('whatsapp')!.request({ method: 'POST', path: '/v23.0/1/media', body: form })).toEqual([
      expect.stringContaining('body.type: is not in the document'),
    ]);
  });
});
