import type { ProviderPanel } from './control.ts';
import { FAULTS } from './faults.ts';
import { escaped } from './page-consent.ts';
import { PROVIDERS_SCRIPT, PROVIDERS_STYLE, providersPart } from './page-providers.ts';
import { MESSAGE_SHAPES } from './payloads.ts';

const options = (values: readonly (readonly [string, string])[]) =>
  values.map(([value, label]) => `<option value="${escaped(value)}">${escaped(label)}</option>`).join('');
const words = (name: string) => name.replaceAll('-', ' ');

/** A page to play the other side by hand: a customer who writes to a client of the demo, and every provider that can be connected. */
export function page(
  numbers: readonly { readonly accountId: string; readonly client: string }[],
  providers: readonly ProviderPanel[],
): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Provider sandbox</title>
<style>
:root{color-scheme:light dark;--ground:light-dark(#f6f5f2,#191a1c);--panel:light-dark(#fff,#212326);--line:light-dark(#dcd9d2,#34373b);--text:light-dark(#23211d,#e7e5e0);--meta:light-dark(#68645b,#a29e95);--accent:light-dark(#1f6f54,#63b894);--waiting:light-dark(#8a5300,#e0aa57)}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:13px/1.5 system-ui,sans-serif}
main{display:grid;grid-template-columns:340px 1fr;gap:24px;max-width:1080px;margin:32px auto;padding:0 24px}
h1{font-size:18px;font-weight:650;margin:0 0 4px}h2{font-size:13px;font-weight:650;margin:0 0 12px}p{margin:0 0 16px;color:var(--meta)}
section{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:16px;margin-bottom:16px}
label{display:block;margin-bottom:12px;color:var(--meta);font-size:12px}
input,select,textarea{display:block;width:100%;margin-top:4px;padding:7px 9px;border:1px solid var(--line);border-radius:6px;background:var(--ground);color:var(--text);font:inherit}
textarea{min-height:76px;resize:vertical}button{padding:8px 14px;border:0;border-radius:6px;background:var(--accent);color:var(--panel);font:inherit;font-weight:600;cursor:pointer}
button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
nav{grid-column:1/-1;display:flex;gap:16px;margin-bottom:-8px}a{color:var(--accent)}ol{list-style:none;margin:0;padding:0;max-height:640px;overflow:auto}li{padding:10px 0;border-top:1px solid var(--line)}li:first-child{border:0}
small{color:var(--meta);font-size:12px}.out b{color:var(--accent)}#said{min-height:20px;margin:10px 0 0}
@media(max-width:760px){main{grid-template-columns:1fr}}${PROVIDERS_STYLE}
</style></head><body><main>
<nav><a href="#whatsapp">WhatsApp</a><a href="#providers">Providers</a><a href="/_mailbox">Mailbox</a></nav>
<div id="whatsapp"><h1>WhatsApp sandbox</h1><p>You are the customer here. What you send reaches the console as a signed webhook, and replies come back below.</p>
<section><form id="send"><h2>Write to a client</h2>
<label>Client<select name="accountId">${options(numbers.map(number => [number.accountId, number.client] as const))}</select></label>
<label>Your name<input name="name" value="Ananya Sharma" maxlength="100" required></label>
<label>Your phone, or a user id such as IN.1234567890<input name="who" value="919876543210" required></label>
<label>Kind<select name="shape">${options(MESSAGE_SHAPES.map(shape => [shape, words(shape)] as const))}</select></label>
<label>Message<textarea name="text" maxlength="4096">Hi, where is my order?</textarea></label>
<button>Send as customer</button><p id="said" role="status"></p></form></section>
<section><form id="fault"><h2>Make WhatsApp misbehave</h2>
<label>With the next replies of the agency<select name="kind">${options(FAULTS.map(fault => [fault, words(fault)] as const))}</select></label>
<label>How many times<input name="times" type="number" min="1" max="1000" value="1"></label><button>Set</button><p id="faulty" role="status"></p></form></section></div>
<section><h2>What happened</h2><ol id="log"><li><small>Nothing yet. Send a message.</small></li></ol></section>
${providersPart(providers)}
</main><script>
const $=id=>document.getElementById(id);
const names=new Map([...document.querySelectorAll('[name=accountId] option')].map(o=>[o.value,o.textContent]));
let last=null;
$('send').onsubmit=async e=>{e.preventDefault();const f=Object.fromEntries(new FormData(e.target));const bsuid=/^[A-Z]{2}\\./.test(f.who);
const body={accountId:f.accountId,name:f.name,shape:f.shape,text:f.text,phone:bsuid?null:f.who.replace(/\\D/g,''),bsuid:bsuid?f.who:null,target:['reaction','edit'].includes(f.shape)?last:null};
$('said').textContent='Sending…';const r=await fetch('/_sandbox/inbound',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(body)});const j=await r.json();
if(j.id&&f.shape!=='reaction'&&f.shape!=='edit')last=j.id;$('said').textContent=r.ok?(j.delivered?'Delivered.':'The backend did not take it.'):j.error;draw()};
$('fault').onsubmit=async e=>{e.preventDefault();const f=Object.fromEntries(new FormData(e.target));const r=await fetch('/_sandbox/fault',{method:'PUT',headers:{'content-type':'application/json'},body:JSON.stringify({kind:f.kind,times:Number(f.times)})});
const j=await r.json();$('faulty').textContent=r.ok?(j.kind==='none'?'Behaves well.':'The next '+j.times+' will meet: '+j.kind.replaceAll('-',' ')+'.'):j.error};
async function draw(){const j=await(await fetch('/_sandbox/ledger')).json();
const all=[...j.executed.map(m=>({...m,out:true})),...j.received.map(m=>({...m,out:false}))].sort((a,b)=>b.at.localeCompare(a.at)).slice(0,60);
if(!all.length)return;$('log').replaceChildren(...all.map(m=>{const li=document.createElement('li');li.className=m.out?'out':'in';const b=document.createElement('b');b.textContent=m.out?(names.get(m.accountId)||m.accountId)+' → '+m.to:m.from+' → '+(names.get(m.accountId)||m.accountId);
const d=document.createElement('div');d.textContent=m.text||m.shape;const s=document.createElement('small');s.textContent=new Date(m.at).toLocaleTimeString('en-IN',{timeZone:'Asia/Kolkata'})+' IST'+(m.replyCut?' · reply was cut':'');li.append(b,d,s);return li}))}
draw();setInterval(draw,1000);${PROVIDERS_SCRIPT}
</script></body></html>`;
}
