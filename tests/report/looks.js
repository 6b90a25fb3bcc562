// What a reader sees of a page, for the tests to ask.
globalThis.looks = (() => {
  const shows = (node) => {
    const box = node.getBoundingClientRect();
    return node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 0 && box.height > 0 && box.right > 0;
  };
  const text = (selector) => [...document.querySelectorAll(selector)].filter(shows).map((node) => node.innerText ?? node.textContent).join("\n");
  // Colours and contrast as WCAG 2.2 defines them.
  const parts = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return [red, green, blue, alpha];
  };
  const light = (colour) => {
    const [red, green, blue] = parts(colour).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour)[3] > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (node) => {
    const style = getComputedStyle(node);
    const ink = node instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(ink), light(behind(node))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  // Texts that are too faint: 4.5 to 1 is wanted, 3 to 1 of signs that repeat a word beside them and of large letters.
  const faint = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !shows(node) || node.closest("script, style, noscript, option, [disabled]")) continue;
      const large = parseFloat(getComputedStyle(node).fontSize) >= 24;
      const wanted = large || node.matches(".glyph, .swatch") ? 3 : 4.5;
      const got = contrast(node);
      if (got < wanted) found.add(`${node.tagName} ${node.className.baseVal ?? node.className}: ${got.toFixed(2)} "${walker.currentNode.data.trim().slice(0, 30)}"`);
    }
    return [...found];
  };
  // Elements that reach beyond the page and are not inside of what scrolls by itself.
  const outside = () => [...document.body.querySelectorAll("*")].filter((node) => shows(node) && node.getBoundingClientRect().right > innerWidth + 1
    && !node.closest(".scroll, pre, svg") && !["auto", "hidden", "scroll"].includes(getComputedStyle(node.parentElement).overflowX)).map((node) => `${node.tagName}.${node.className}`);
  return { shows, text, faint, outside, wide: () => document.documentElement.scrollWidth > innerWidth };
})();
