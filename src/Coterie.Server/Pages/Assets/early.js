"use strict";
// Before the page is drawn: the theme that was chosen here.
try {
  const theme = localStorage.getItem("coterie-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch { /* a private window forgets: that is its purpose */ }
