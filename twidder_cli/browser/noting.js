// Runs in every document before the page's own scripts, in the page's own world: what it does there
// is noted, and the page may say what it likes of itself. What is visible it has no say in.
(() => {
  const note = window.twidderNote;
  if (window !== window.top || !note) {
    return;
  }
  delete window.twidderNote;
  const { now } = performance;
  const say = (kind, text) =>
    note(JSON.stringify({ kind, text, at: performance.timeOrigin + now.call(performance) }));

  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, isAsync) {
    if (arguments.length > 2 && !isAsync) { // undefined is not left out
      say("synchronous", `${method} ${url}`);
    }
    return open.apply(this, arguments);
  };
  let stub;
  Object.defineProperty(window, "serverstub", {
    configurable: true,
    get: () => stub,
    set: (given) => {
      stub = Object(given) !== given ? given : new Proxy(given, {
        get(target, name) {
          const found = Reflect.get(target, name);
          if (typeof found === "function") {
            say("stub", `serverstub.${String(name)}`);
          }
          return found;
        },
      });
    },
  });
  const { close } = WebSocket.prototype;
  WebSocket.prototype.close = function () {
    if (this.readyState < WebSocket.CLOSING) {
      say("left", this.url);
    }
    return close.apply(this, arguments);
  };
})();
