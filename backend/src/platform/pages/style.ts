/** The tokens of the console (src/renderer/app/styles.css), and the few shapes that a page is made of. */
export const STYLE = `
:root{color-scheme:light dark;
--ground:oklch(.972 .004 85);--panel:oklch(.994 .002 85);--sunken:oklch(.95 .005 85);--line:oklch(.895 .006 85);--line-strong:oklch(.62 .01 85);
--text:oklch(.265 .012 70);--meta:oklch(.485 .012 70);--accent:oklch(.475 .125 256);--accent-hover:oklch(.425 .125 256);--on-accent:oklch(.99 .003 85);
--danger:oklch(.495 .175 27);--danger-ground:oklch(.955 .022 27);--waiting:oklch(.475 .1 70);--waiting-ground:oklch(.955 .045 85);
--done:oklch(.455 .095 155);--done-ground:oklch(.955 .03 155);--float:0 8px 28px oklch(.2 .01 80/.1),0 1px 3px oklch(.2 .01 80/.1)}
@media(prefers-color-scheme:dark){:root{
--ground:oklch(.205 .006 260);--panel:oklch(.238 .007 260);--sunken:oklch(.185 .006 260);--line:oklch(.318 .009 260);--line-strong:oklch(.55 .01 260);
--text:oklch(.925 .006 85);--meta:oklch(.715 .01 85);--accent:oklch(.735 .11 252);--accent-hover:oklch(.785 .1 252);--on-accent:oklch(.19 .02 256);
--danger:oklch(.735 .14 27);--danger-ground:oklch(.295 .05 27);--waiting:oklch(.815 .115 82);--waiting-ground:oklch(.305 .045 82);
--done:oklch(.775 .105 155);--done-ground:oklch(.29 .035 155);--float:0 10px 36px oklch(0 0 0/.45),0 0 0 1px oklch(.36 .01 260)}}
*,*::before,*::after{box-sizing:border-box}
html{background:var(--ground);color:var(--text);font:15px/1.55 "IBM Plex Sans",system-ui,"Segoe UI","Nirmala UI",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;grid-template-rows:auto 1fr auto;padding:0 20px}
header{display:flex;align-items:center;justify-content:center;gap:10px;padding:36px 0 22px;font-weight:650;letter-spacing:-.01em}
header svg{width:28px;height:28px}
main{width:100%;max-width:424px;margin:0 auto;align-self:start;background:var(--panel);border:1px solid var(--line);border-radius:14px;box-shadow:var(--float);padding:30px 32px 32px}
main.wide{max-width:560px}
footer{padding:22px 0 28px;text-align:center;font-size:13px;color:var(--meta)}
h1{font-size:21px;line-height:1.3;font-weight:650;letter-spacing:-.012em;margin:0 0 6px;text-wrap:balance}
h2{font-size:15px;font-weight:650;margin:26px 0 6px}
p{margin:0 0 14px;overflow-wrap:anywhere}.lead,.meta{color:var(--meta)}.lead{margin-bottom:22px}.meta{font-size:13.5px}
a{color:var(--accent);text-underline-offset:3px}a:hover{color:var(--accent-hover)}
form{margin:0}form+form,form+.or,.or+form{margin-top:12px}
label{display:block;font-weight:560;font-size:14px;margin:0 0 5px}
input:not([type=hidden]):not([type=checkbox]){display:block;width:100%;min-height:44px;padding:9px 12px;margin:0 0 16px;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line-strong);border-radius:8px}
input[readonly]{background:var(--sunken)!important;color:var(--meta)}
input.code{font-size:21px;letter-spacing:.28em;font-variant-numeric:tabular-nums;text-align:center}
.hint{margin:-10px 0 16px;font-size:13.5px;color:var(--meta)}
button,.button{display:flex;align-items:center;justify-content:center;gap:8px;width:100%;min-height:44px;padding:9px 16px;font:inherit;font-weight:600;text-align:center;text-decoration:none;border-radius:8px;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);cursor:pointer}
button:hover,.button:hover{background:var(--accent-hover);border-color:var(--accent-hover);color:var(--on-accent)}
.quiet{background:transparent;color:var(--text);border-color:var(--line-strong);font-weight:560}
.quiet:hover{background:var(--sunken);border-color:var(--line-strong);color:var(--text)}
.link{display:inline;width:auto;min-height:0;padding:0;border:0;background:none;color:var(--accent);font-weight:inherit;text-decoration:underline;text-underline-offset:3px}
.link:hover{background:none;color:var(--accent-hover)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button svg,.button svg{width:18px;height:18px;flex:none}
.row{display:flex;gap:10px;flex-wrap:wrap}.row>*{flex:1 1 150px}
.or{display:flex;align-items:center;gap:12px;margin:18px 0;color:var(--meta);font-size:13px}.or::before,.or::after{content:"";flex:1;height:1px;background:var(--line)}
.notice{display:block;border-radius:8px;padding:11px 14px;margin:0 0 20px;font-size:14px;overflow-wrap:anywhere}
.notice.bad{background:var(--danger-ground);color:var(--danger)}.notice.wait{background:var(--waiting-ground);color:var(--waiting)}.notice.good{background:var(--done-ground);color:var(--done)}
.notice strong{display:block}
.facts{margin:0 0 22px;padding:14px 16px;background:var(--sunken);border-radius:10px;font-size:14px;display:grid;gap:4px 14px;grid-template-columns:auto 1fr}
.facts dt{color:var(--meta)}.facts dd{margin:0;overflow-wrap:anywhere}
ol.steps{list-style:none;display:flex;gap:6px;margin:12px 0 20px;padding:0}ol.steps li{flex:1;height:4px;border-radius:2px;background:var(--line)}ol.steps li.on{background:var(--accent)}ol.steps span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.qr{display:block;width:204px;margin:4px auto 16px;padding:12px;background:#fff;border-radius:12px;border:1px solid var(--line)}.qr svg{display:block;width:100%;height:auto}
code,.mono{font-family:"IBM Plex Mono",ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace}
.key{display:block;padding:11px 14px;margin:0 0 18px;background:var(--sunken);border-radius:8px;font-size:14px;letter-spacing:.05em;overflow-wrap:anywhere;user-select:all}
.big{display:block;margin:4px 0 18px;padding:14px;text-align:center;font-size:30px;letter-spacing:.26em;text-indent:.26em;background:var(--sunken);border-radius:10px;font-variant-numeric:tabular-nums}
ul.codes{list-style:none;margin:0 0 18px;padding:14px 18px;background:var(--sunken);border-radius:10px;display:grid;grid-template-columns:repeat(2,1fr);gap:5px 22px;font-size:15px;font-variant-numeric:tabular-nums}
ul.ways{list-style:none;margin:0;padding:0;display:grid;gap:10px}
details{margin:0 0 16px}summary{cursor:pointer;color:var(--accent);font-size:14px;margin-bottom:10px}
.mark{width:44px;height:44px;border-radius:50%;display:grid;place-items:center;margin:0 0 14px;background:var(--done-ground);color:var(--done)}.mark svg{width:22px;height:22px}
.mark.bad{background:var(--danger-ground);color:var(--danger)}.mark.wait{background:var(--waiting-ground);color:var(--waiting)}
.after{margin:18px 0 0}
.check{display:flex;gap:10px;align-items:flex-start;font-weight:400;margin-bottom:18px}.check input{width:20px;height:20px;margin:1px 0 0;accent-color:var(--accent);flex:none}
h1+form,h1+ul,h1+.notice{margin-top:18px}
main>:last-child{margin-bottom:0}main>:last-child>p:last-child{margin-bottom:0}
main:has(>.mark){display:flex;flex-direction:column}.mark{order:-1}
[hidden]{display:none!important}
@media(max-width:480px){body{padding:0 14px}header{padding:22px 0 16px}main{padding:24px 20px 26px;border-radius:12px}ul.codes{padding:12px;gap:5px 10px}}
@media(prefers-reduced-motion:no-preference){button,.button{transition:background-color .12s}}
@media(prefers-contrast:more){:root{--line:currentColor;--line-strong:currentColor;--meta:var(--text)}}
@media(forced-colors:active){button,.button,main{border:1px solid ButtonText}}
@media print{header,footer,form,.noprint{display:none!important}main{border:0;box-shadow:none;max-width:none}html{background:#fff;color:#000}}
`;
