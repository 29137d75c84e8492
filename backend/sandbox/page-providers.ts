import type { ProviderPanel } from './control.ts';
import { HOSTILE } from './hostile.ts';
import { escaped } from './page-consent.ts';

const groups = Map.groupBy(HOSTILE, ({ group }) => group);
const BEHAVIOURS = [...groups]
  .map(
    ([group, behaviours]) =>
      `<optgroup label="${escaped(group)}">${behaviours.map(({ id, says }) => `<option value="${id}">${escaped(says)}</option>`).join('')}</optgroup>`,
  )
  .join('');

export const PROVIDERS_STYLE = `
#providers{grid-column:1/-1;margin:0}#providers>p{margin-bottom:12px}
article{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:4px 24px;align-items:center;padding:10px 0;border-top:1px solid var(--line)}
article h3{display:inline;font-size:13px;font-weight:650;margin:0 8px 0 0}article p{margin:2px 0 0;font-size:12px;overflow-wrap:anywhere}
article [role=status]{display:inline;color:var(--meta);font-size:12px;font-variant-numeric:tabular-nums}article .odd{color:var(--waiting);font-weight:550}
article form{display:flex;flex-wrap:wrap;gap:6px;margin:0}article select{width:236px;margin:0}article input{width:60px;margin:0}
.quiet{padding:6px 10px;background:none;border:1px solid var(--line);color:var(--text);font-weight:400}.quiet:disabled{color:var(--meta);border-color:transparent;cursor:default}
@media(max-width:940px){article{grid-template-columns:1fr}article form{margin-top:6px}}`;

const row = ({
  id,
  name,
  hint,
}: ProviderPanel) => `<article data-id="${id}"><div><h3>${escaped(name)}</h3><span role="status"></span><p>${escaped(hint)}</p></div>
<form><select name="kind" aria-label="${escaped(name)}: what it does with its next replies">${BEHAVIOURS}</select><input name="times" type="number" min="1" max="1000" value="3" aria-label="${escaped(name)}: how many replies">
<button class="quiet">Misbehave</button><button type="button" class="quiet" name="behave">Behave again</button><button type="button" class="quiet" name="revoke">Revoke</button></form></article>`;

/** Every provider by itself: how to connect it, what it granted, and buttons that take that back or let it misbehave. */
export const providersPart = (shown: readonly ProviderPanel[]): string => `<section id="providers"><h2>Providers</h2>
<p>Connect them from the console. Here you are the provider: choose what it does with how many of its next replies, or revoke what it has granted.</p>
${shown.map(row).join('\n')}</section>`;

export const PROVIDERS_SCRIPT = `
const says=new Map([...document.querySelectorAll('#providers option')].map(o=>[o.value,o.textContent]));
const ask=async(path,method,body)=>{const r=await fetch('/_sandbox/providers'+path,method?{method,headers:{'content-type':'application/json'},body:JSON.stringify(body)}:{});return {ok:r.ok,body:await r.json()}};
const many=(n,one,more)=>n+' '+(n===1?one:more);
function show(p,note){const row=document.querySelector('article[data-id="'+p.id+'"]');const status=row.querySelector('[role=status]');const odd=p.fault.kind!=='none';
const granted=p.granted===0?'nothing granted':p.connects==='key'?many(p.granted,'key accepted','keys accepted'):many(p.granted,'consent alive','consents alive');
const text=[granted,p.asked===0?'not asked yet':'asked '+many(p.asked,'time','times'),...(note?[note]:[]),...(odd?['']:[])].join(' · ');const wrong=odd?many(p.fault.times,'reply','replies')+' to come: '+says.get(p.fault.kind):'';
if(status.dataset.text!==text+wrong){status.dataset.text=text+wrong;const s=document.createElement('span');s.className='odd';s.textContent=wrong;status.replaceChildren(text,s)}
row.querySelector('[name=behave]').disabled=!odd;row.querySelector('[name=revoke]').disabled=p.granted===0}
const notes=new Map();
for(const row of document.querySelectorAll('article')){const id=row.dataset.id,form=row.querySelector('form');
const act=async(path,method,body,said)=>{const r=await ask('/'+id+path,method,body);notes.set(id,r.ok?said(r.body):r.body.error);setTimeout(()=>notes.delete(id),4000);look()};
form.onsubmit=e=>{e.preventDefault();act('/fault','PUT',{kind:form.kind.value,times:Number(form.times.value)},()=>'')};
form.behave.onclick=()=>act('/fault','PUT',{kind:'none'},()=>'behaves again');
form.revoke.onclick=()=>act('/revoke','POST',{},b=>b.revoked+' revoked')}
async function look(){for(const p of (await ask('')).body.providers)show(p,notes.get(p.id))}
look();setInterval(look,1000);`;
