import { z } from 'zod';
import { withSystem } from '../../platform/db/index.ts';
import {
  definePage,
  html,
  mark,
  notice,
  type PageAnswer,
  type PageDefinition,
  page,
} from '../../platform/pages/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { finishSignIn } from './finish.ts';
import type { SignInState } from './flows.ts';
import { flowOfLink, useLink } from './links.ts';

const gone = (): PageAnswer =>
  page(
    'This link does not work any more',
    html`${mark('bad')}<p class="lead">It works once, for 10 minutes. Go back to where you signed in and ask for a new one.</p>`,
    { status: 410 },
  );

/** Where the link of an e-mail leads. Looking at the page uses nothing up; its button does. */
export const linkPage = (deps: WebSignInDeps): PageDefinition =>
  definePage(
    {
      id: 'web-sign-in.link',
      path: '/sign-in/link/:token',
      summary: 'A person goes on with a sign-in by the link of an e-mail',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 30,
      params: z.strictObject({ token: z.string().min(20).max(120) }),
      form: z.strictObject({}),
      audit: ['session.refused', 'factor.add'],
    },
    {
      async get({ params, token, browser }) {
        const own = await withSystem(deps.db, 'sign-in', async tx => {
          const flowId = await flowOfLink(tx, params.token);
          return flowId === null ? null : { isHere: await deps.flows.isOf(tx, flowId, browser) };
        });
        if (own === null) return gone();
        return page(
          'Go on with signing in',
          html`<p class="lead">${
            own.isHere
              ? 'You asked for this link in this browser.'
              : 'This sign-in was begun in another browser or on another device.'
          }</p>
${own.isHere ? null : notice('wait', 'Somebody else may have asked for it.', 'Go on only if you are signing in to Astrix Console yourself right now.')}
<form method="post">${token}<button>${own.isHere ? 'Go on' : 'Show the code for the other device'}</button></form>`,
        );
      },
      post: ({ params, browser }) =>
        withSystem(deps.db, 'sign-in', async tx => {
          const flowId = await flowOfLink(tx, params.token);
          if (flowId === null) return gone();
          const isHere = await deps.flows.isOf(tx, flowId, browser);
          const used = await useLink(tx, params.token, !isHere);
          if (used === null) return gone();
          if (used.code !== null)
            return page(
              'Type this code on the other device',
              html`<p class="lead">In the browser in which you began, under “Code from the other device”. Tell it to nobody, whoever asks.</p>
<code class="big">${used.code}</code><p class="meta">It works once, for 10 minutes.</p>`,
            );
          const state = await deps.flows.locked(tx, 'sign-in', flowId, browser);
          const next: SignInState = { ...state, person: used.person, given: ['link'], linkTo: null };
          await deps.flows.save(tx, flowId, next);
          return finishSignIn(deps, tx, flowId, next);
        }),
    },
  );
