// Shows what needs a passkey where the browser has passkeys for this domain, asks for one, and sends the answer as a form.

const bytes = text =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
const encoded = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

async function make(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map(known => ({ ...known, id: bytes(known.id) })),
    },
  });
  const { clientDataJSON, attestationObject } = credential.response;
  return {
    id: credential.id,
    rawId: encoded(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: encoded(clientDataJSON),
      attestationObject: encoded(attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

async function ask(options) {
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: [] },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    id: credential.id,
    rawId: encoded(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: encoded(clientDataJSON),
      authenticatorData: encoded(authenticatorData),
      signature: encoded(signature),
      userHandle: userHandle ? encoded(userHandle) : null,
    },
  };
}

const SAID = {
  InvalidStateError: 'This device holds a passkey for you already.',
  NotAllowedError: 'The passkey was not used. Try again, or choose another way.',
};

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const isHere =
    'credentials' in navigator && 'PublicKeyCredential' in window && location.hostname === form.dataset.domain;
  for (const part of document.querySelectorAll('[data-with-passkey]')) part.hidden = !isHere;
  for (const part of document.querySelectorAll('[data-without-passkey]')) part.hidden = isHere;
  form.addEventListener('submit', event => {
    event.preventDefault();
    const button = form.querySelector('button');
    const said = form.querySelector('[role="status"]');
    button.disabled = true;
    said.hidden = true;
    const options = JSON.parse(form.dataset.options);
    (form.dataset.passkey === 'make' ? make(options) : ask(options)).then(
      answer => {
        form.querySelector('input[name="response"]').value = JSON.stringify(answer);
        form.submit();
      },
      error => {
        button.disabled = false;
        said.textContent = SAID[error.name] ?? 'This browser could not use a passkey here.';
        said.hidden = false;
      },
    );
  });
}
