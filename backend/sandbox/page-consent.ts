export const escaped = (text: string) => text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

/** The provider's side of connecting, as a person sees it: who asks, for what, and the choice to untick or refuse. */
export function consentPage(
  name: string,
  action: string,
  given: Readonly<Record<string, string>>,
  scopes: readonly string[],
): string {
  const hidden = Object.entries(given)
    .filter(([key]) => key !== 'scope')
    .map(([key, value]) => `<input type="hidden" name="${escaped(key)}" value="${escaped(value)}">`)
    .join('');
  const boxes = scopes
    .map(
      scope =>
        `<label><input type="checkbox" name="scope" value="${escaped(scope)}" checked> <code>${escaped(scope)}</code></label>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(name)} sandbox</title>
<style>
:root{color-scheme:light dark;--ground:light-dark(#f6f5f2,#191a1c);--panel:light-dark(#fff,#212326);--line:light-dark(#dcd9d2,#34373b);--text:light-dark(#23211d,#e7e5e0);--meta:light-dark(#68645b,#a29e95);--accent:light-dark(#1f6f54,#63b894)}
body{margin:0;background:var(--ground);color:var(--text);font:14px/1.55 system-ui,sans-serif}main{max-width:460px;margin:10vh auto;padding:24px;background:var(--panel);border:1px solid var(--line);border-radius:8px}
h1{font-size:18px;margin:0 0 6px}p{margin:0 0 16px;color:var(--meta)}label{display:block;padding:7px 0;border-top:1px solid var(--line)}code{font-size:12px;overflow-wrap:anywhere}
div{display:flex;gap:8px;margin-top:20px}button{padding:8px 16px;border:1px solid var(--line);border-radius:6px;background:none;color:inherit;font:inherit;cursor:pointer}button[value=allow]{background:var(--accent);border-color:var(--accent);color:var(--panel);font-weight:600}
button:focus-visible,input:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
</style></head><body><main><h1>Astrix asks for access to ${escaped(name)}</h1><p>This is the provider sandbox on this machine. Nothing leaves it.</p>
<form method="post" action="${escaped(action)}">${hidden}${boxes || '<p>The permissions come from the app itself.</p>'}
<div><button name="decision" value="allow">Allow</button><button name="decision" value="deny">Do not allow</button></div></form></main></body></html>`;
}
