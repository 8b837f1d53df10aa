// What makes the portal kinder with scripts; without them everything works all the same.
import { standAtForm } from './form-page.js';

standAtForm();
document.documentElement.classList.add('js');

const DRAFT = 'portal-draft:';
const LONGEST_SIDE = 1600; // pixels; enough to read a document, and a tenth of the bytes

// What somebody has written survives a reload, until it was sent.
for (const field of document.querySelectorAll('[data-draft]')) {
  const key = DRAFT + field.dataset.draft;
  if (document.querySelector(`[data-sent="${field.dataset.draft}"]`)) localStorage.removeItem(key);
  else if (!field.value) field.value = localStorage.getItem(key) ?? '';
  field.addEventListener('input', () => localStorage.setItem(key, field.value));
}
for (const sent of document.querySelectorAll('[data-sent]')) localStorage.removeItem(DRAFT + sent.dataset.sent);

// A form is sent once, and says that it is being sent.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sending) return event.preventDefault();
    form.dataset.sending = '1';
    // Not before the browser has read which button was pressed.
    setTimeout(() => form.querySelectorAll('button').forEach((button) => { button.disabled = true; }));
    return undefined;
  });
}
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form')) {
    delete form.dataset.sending;
    form.querySelectorAll('button').forEach((button) => { button.disabled = false; });
  }
});

document.querySelector('#problems')?.focus();

// Photos are shown small, and made smaller before they go over a slow line.
for (const input of document.querySelectorAll('[data-photos]')) {
  input.addEventListener('change', async () => {
    const list = input.parentElement.querySelector('[data-previews]');
    const chosen = [...input.files];
    input.setCustomValidity(chosen.length > Number(input.dataset.photos) ? input.dataset.tooMany : '');
    input.reportValidity();
    const files = await Promise.all(chosen.map(smaller));
    const carrier = new DataTransfer();
    files.forEach((file) => carrier.items.add(file));
    input.files = carrier.files;
    list.replaceChildren(...files.map(preview));
  });
}

function preview(file) {
  const item = document.createElement('li');
  if (file.type.startsWith('image/')) {
    const picture = document.createElement('img');
    picture.alt = '';
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    item.append(picture);
  }
  const name = document.createElement('span');
  name.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} kB`;
  item.append(name);
  return item;
}

async function smaller(file) {
  if (!['image/jpeg', 'image/webp'].includes(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1) return file;
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' }) : file;
  } catch {
    return file; // whatever it is, the service says what is wrong with it
  }
}
