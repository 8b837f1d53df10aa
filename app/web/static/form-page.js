// A page that answers a form, to say what was wrong with it, takes the address of the page with the
// form: a reload, a bookmark and the way back lead there, and nothing is sent a second time.
export function standAtForm() {
  const page = document.body.dataset.formPage;
  if (page) history.replaceState(null, '', page);
}
