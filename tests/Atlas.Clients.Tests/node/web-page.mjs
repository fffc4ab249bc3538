// The page that web-server.mjs serves to browsers, and what is on it.

const STYLES = 15;
const SCRIPTS = 15;
const IMAGES = 15;
const FETCHED = 5;

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** The content type and the text of something on the page; undefined: there is no such. */
export function resource(folder, name) {
  const number = parseInt(name, 10);
  switch (folder) {
    case 'style': return ['text/css', `.of-${number} { color: rgb(${number}, 0, 0) }\n/* ${'x'.repeat(number * 1000)} */`];
    case 'script': return ['text/javascript', `globalThis.ran = (globalThis.ran ?? 0) + 1;\n/* ${'x'.repeat(number * 1000)} */`];
    case 'image': return ['image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" width="${number + 1}" height="1"><!-- ${'x'.repeat(number * 1000)} --></svg>`];
    case 'data': return ['application/json', JSON.stringify({ number, filling: 'x'.repeat(100_000) })];
    default: return undefined;
  }
}

// Runs in the browser. What it reports: how much of each kind came whole, the protocols that everything came by, and what a
// WebSocket brought back.
async function report(fetched) {
  const data = await Promise.all(Array.from({ length: fetched }, async (_, i) => (await fetch(`/data/${i}.json`)).json()));
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`);
  const echoed = await new Promise((resolve) => {
    socket.onopen = () => socket.send('from the page');
    socket.onmessage = (message) => resolve(message.data);
    socket.onerror = () => resolve('an error');
    socket.onclose = (closed) => resolve(`closed ${closed.code}`);
  });
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  await fetch('/report', {
    method: 'POST',
    body: JSON.stringify({
      styles: [...document.styleSheets].filter((style) => style.cssRules.length === 1).length,
      scripts: globalThis.ran,
      images: [...document.images].filter((image, i) => image.complete && image.naturalWidth === i + 1).length,
      data: data.filter((one, i) => one.number === i && one.filling.length === 100_000).length,
      entries: entries.length,
      protocols: [...new Set(entries.map((entry) => entry.nextHopProtocol))],
      echoed,
    }),
  });
}

export const page = () => `<!doctype html>
<html lang="en">
<head>
<title>A page</title>
<link rel="icon" href="data:,">
${numbers(STYLES).map((i) => `<link rel="stylesheet" href="/style/${i}.css">`).join('\n')}
${numbers(SCRIPTS).map((i) => `<script src="/script/${i}.js"></script>`).join('\n')}
</head>
<body>
${numbers(IMAGES).map((i) => `<img src="/image/${i}.svg" alt="">`).join('\n')}
<script>
${report}
addEventListener('load', () => report(${FETCHED}));
</script>
</body>
</html>
`;
