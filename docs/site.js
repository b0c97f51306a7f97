// What is too wide for the screen can be scrolled by keyboard; the buttons at a block of code are told apart by a reader of screens.
addEventListener("load", () => {
  const focusable = () => {
    for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  document.querySelectorAll(".md-code__nav").forEach((nav, at) => nav.setAttribute("aria-label", `Code ${at + 1}`));
  focusable();
  addEventListener("resize", focusable);
});
