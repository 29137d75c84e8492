import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import type { Imitation } from '../imitation.ts';
import {
  admitted,
  GRAPH,
  type GraphCall,
  graphError,
  graphPath,
  paged,
  picked,
  refuse,
  serveGraphLogin,
  steady,
} from './meta.ts';

const DAY_MS = 86_400_000;

const ACCOUNTS = [
  ...DEMO_CLIENTS.map(({ name, sells }, n) => ({ name, sells, currency: 'INR', zone: 'Asia/Kolkata', n: n + 1 })),
  { name: 'Kadak Audio Gulf', sells: ['Dhol 2 speaker'], currency: 'KWD', zone: 'Asia/Kuwait', n: 13 },
].map(({ n, ...one }) => ({ ...one, number: String(1_200_000_000_000 + n) }));
/** Rangoli Stationers has used up its hour. */
const BUSY = ACCOUNTS[9]!.number;
const DISABLED = ACCOUNTS[11]!.number;

const KINDS = [
  { title: 'Advantage+ sales', objective: 'OUTCOME_SALES' },
  { title: 'Reels awareness', objective: 'OUTCOME_AWARENESS' },
  { title: 'Dealer leads', objective: 'OUTCOME_LEADS' },
];

const actions = (counts: Readonly<Record<string, number | string>>) =>
  Object.entries(counts)
    .filter(([, value]) => Number(value) > 0)
    .map(([action_type, value]) => ({ action_type, value: String(value) }));

/** A day of a campaign as Meta tells it: texts only, and nothing where nothing happened. */
function insight(account: (typeof ACCOUNTS)[number], campaign: number, date: string) {
  const kind = KINDS[campaign % KINDS.length]!;
  const of = (what: string, most: number) => steady(`${account.number} ${campaign} ${date} ${what}`, most);
  const clicks = of('clicks', 400);
  const purchases = kind.objective === 'OUTCOME_SALES' ? of('purchases', 18) : 0;
  const leads = kind.objective === 'OUTCOME_LEADS' ? of('leads', 12) : 0;
  const impressions = 3_000 + of('impressions', 45_000);
  return {
    account_id: account.number,
    account_currency: account.currency,
    campaign_id: `${account.number}${String(campaign).padStart(3, '0')}`,
    campaign_name: `${kind.title} · ${account.sells[Math.floor(campaign / KINDS.length) % account.sells.length]}`,
    objective: kind.objective,
    date_start: date,
    date_stop: date,
    impressions: String(impressions),
    reach: String(Math.round(impressions / 1.7)),
    ...(clicks > 0 ? { inline_link_clicks: String(clicks) } : {}),
    spend:
      account.currency === 'KWD'
        ? `${of('spend', 40)}.${125 + of('fils', 800)}`
        : `${of('spend', 4_000)}.${10 + of('paise', 89)}`,
    actions: actions({
      link_click: clicks,
      post_engagement: clicks * 3,
      video_view: kind.objective === 'OUTCOME_AWARENESS' ? of('views', 9_000) : 0,
      omni_purchase: purchases,
      purchase: purchases,
      lead: leads,
    }),
    ...(purchases > 0 ? { action_values: actions({ omni_purchase: `${purchases * 799}.50` }) } : {}),
  };
}

/** The campaigns began two months ago. */
const begun = (now: Date) => new Date(now.getTime() - 60 * DAY_MS).toISOString().slice(0, 10);

const CAMPAIGNS = 12;
const Days = /^\{"since":"(\d{4}-\d\d-\d\d)","until":"(\d{4}-\d\d-\d\d)"\}$/;

function rowsOf(account: (typeof ACCOUNTS)[number], timeRange: string, fields: string | undefined, begun: string) {
  const [, since, until] = Days.exec(timeRange) ?? [];
  if (!since || !until || since > until) return null;
  const days = Array.from({ length: (Date.parse(until) - Date.parse(since)) / DAY_MS + 1 }, (_, n) =>
    new Date(Date.parse(since) + n * DAY_MS).toISOString().slice(0, 10),
  );
  return days
    .filter(day => day >= begun)
    .flatMap(day =>
      Array.from({ length: CAMPAIGNS }, (_, campaign) =>
        picked(insight(account, campaign, day), `${fields},date_start,date_stop`, [
          'inline_link_clicks',
          'action_values',
        ]),
      ),
    );
}

/** Meta Marketing API: thirteen ad accounts, twelve campaigns each, a row for each day. Serves the log-in of Instagram as well. */
export const imitation: Imitation = {
  provider: 'meta-ads',
  ownTokens: true,
  hint: 'Allow access on the consent page. Thirteen ad accounts are there: Rangoli Stationers answers that it was asked too often, Kadak Audio Gulf counts in dinars.',
  serve(app, stage) {
    serveGraphLogin(app, stage);
    app.get(graphPath('/me/adaccounts'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'ads_read')) return reply;
      const rows = ACCOUNTS.map(({ number, name, currency, zone }) =>
        picked(
          {
            id: `act_${number}`,
            account_id: number,
            name,
            currency,
            timezone_name: zone,
            account_status: number === DISABLED ? 2 : 1,
          },
          call.query.fields,
        ),
      );
      if (rows.includes(null)) return refuse(reply, 100, 'Tried accessing nonexisting field');
      return paged(rows as object[], call, 5);
    });
    app.get(graphPath('/act_:id/insights'), GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(stage, call, reply, 'ads_read')) return reply;
      const account = ACCOUNTS.find(({ number }) => number === call.params.id);
      if (!account)
        return refuse(
          reply,
          200,
          'Ad account owner has NOT grant ads_management or ads_read permission',
          undefined,
          403,
        );
      const used = account.number === BUSY ? 100 : 7;
      reply.header(
        'x-business-use-case-usage',
        JSON.stringify({
          [account.number]: [
            {
              type: 'ads_insights',
              call_count: used,
              total_cputime: 4,
              total_time: 5,
              estimated_time_to_regain_access: used === 100 ? 9 : 0,
              ads_api_access_tier: 'development_access',
            },
          ],
        }),
      );
      if (account.number === BUSY)
        return reply
          .code(400)
          .send(
            graphError(
              80_000,
              'There have been too many calls from this ad-account. Wait a bit and try again.',
              2446079,
            ),
          );
      const rows = rowsOf(account, call.query.time_range ?? '', call.query.fields, begun(stage.now()));
      if (!rows || call.query.level !== 'campaign' || call.query.time_increment !== '1' || rows.includes(null))
        return refuse(reply, 100, 'Invalid parameter');
      return paged(rows as object[], call, 100);
    });
  },
};
