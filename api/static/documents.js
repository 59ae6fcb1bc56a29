// The list of documents: on a small screen the filters nobody uses make room for the results.

const more = document.querySelector(".filters-more");
if (window.matchMedia("(max-width: 44rem)").matches && !("narrowed" in more.dataset)) more.open = false;
