// Menus (<details class="menu">) close as menus do: by Escape, by a click elsewhere, when something is chosen.
function close(menu, event) {
  menu.open = false;
  if (event.type === 'keydown') menu.querySelector('summary').focus();
}

export function bindMenus() {
  const opened = () => document.querySelectorAll('details.menu[open]');
  document.addEventListener('click', (event) => {
    for (const menu of opened()) {
      const inside = menu.contains(event.target);
      if (!inside || event.target.closest('.menu-list a')) close(menu, event);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return;
    for (const menu of opened()) close(menu, event);
  });
}
