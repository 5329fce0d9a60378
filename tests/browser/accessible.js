// A compact accessibility check, run in the page: names, roles, headings, landmarks, ids and contrast (WCAG 2 AA).
() => {
  const complaints = [];
  const visible = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !node.closest("[aria-hidden=true]");
  const tell = (node, what) => complaints.push(`${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""} ${(node.textContent ?? "").trim().slice(0, 30)}: ${what}`);
  const byIds = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const nameOf = (node) =>
    node.getAttribute("aria-label") || (node.hasAttribute("aria-labelledby") && byIds(node.getAttribute("aria-labelledby"))) ||
    [...(node.labels ?? [])].map((label) => label.textContent).join(" ") || node.textContent || node.getAttribute("alt") || "";

  for (const node of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], canvas, progress, meter, [role=dialog], [role=region], nav")) {
    if (!visible(node)) continue;
    const own = node.matches("select, textarea, progress, meter") ? nameOf({ getAttribute: node.getAttribute.bind(node), hasAttribute: node.hasAttribute.bind(node), labels: node.labels }) : nameOf(node);
    if (!own.trim()) tell(node, "has no name");
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) complaints.push(`id ${id} is there twice`);
  for (const node of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for], output[for]")) {
    for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
      for (const id of (node.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) tell(node, `${attribute} names ${id}, which is not there`);
    }
  }
  const headings = [...document.querySelectorAll("h1, h2, h3, h4")].filter(visible).map((node) => Number(node.tagName[1]));
  if (headings.filter((level) => level === 1).length !== 1) complaints.push(`there are ${headings.filter((level) => level === 1).length} first headings`);
  headings.forEach((level, place) => { if (place && level > headings[place - 1] + 1) complaints.push(`heading ${level} follows heading ${headings[place - 1]}`); });
  if (!document.documentElement.lang) complaints.push("the page has no language");
  if (document.querySelectorAll("main").length !== 1) complaints.push("there is not one main part");
  for (const node of document.querySelectorAll("[style], [onclick], [onload]")) if (node.hasAttribute("onclick") || node.hasAttribute("onload")) tell(node, "has an inline handler");

  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, below) => { const a = top[3] / 255; return [0, 1, 2].map((c) => top[c] * a + below[c] * (1 - a)).concat(255); };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (one, two) => { const [low, high] = [light(one), light(two)].sort((a, b) => a - b); return (high + 0.05) / (low + 0.05); };
  const background = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(node) || node.closest("script, style, template, option, .hidden, .skip, :disabled") || !visible(node)) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const found = ratio(over(rgba(style.color), background(node)), background(node));
    if (found < needed) tell(node, `contrast ${found.toFixed(2)}, needs ${needed}`);
  }
  for (const node of document.querySelectorAll("input:not([type=hidden], [type=range], [type=radio], [type=file], [type=checkbox]), select, textarea:not(#draft)")) {
    if (!visible(node)) continue;
    const found = ratio(rgba(getComputedStyle(node).borderTopColor), background(node.parentElement));
    if (found < 3) tell(node, `its edge has contrast ${found.toFixed(2)}, needs 3`);
  }
  for (const node of document.querySelectorAll("button, a.button, select, input[type=radio], [role=button]:not(.edit)")) {
    const box = node.getBoundingClientRect();
    if (visible(node) && (box.width < 24 || box.height < 24) && !node.matches(".link, .hidden")) tell(node, `is ${Math.round(box.width)} by ${Math.round(box.height)}, smaller than 24 by 24`);
  }
  return complaints;
}
