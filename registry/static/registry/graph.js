// A long lineage is wider than the page: scroll to this version.
const here = document.querySelector(".graph .current");
const frame = here && here.closest(".scroll");
if (frame) {
  const [box, around] = [here.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft = box.left + box.width / 2 - around.left - around.width / 2;
}
