var serverstub = (function () {
  "use strict";
  return { signOut: function () { return { success: true }; } };
})();
