// Before anything is drawn: the theme that was chosen here before, else that of the system.
try {
  var theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // pages of a disk may have no storage: the system's theme stands
}
