import { layers } from "./layers.js";

/**
 * Declared dependencies that do not point down the layers.
 *
 * @param {ReturnType<import("./members.js").readMembers>} members - Packages and apps of a workspace.
 * @returns {string[]} One sentence per wrong arrow.
 */
export function wrongArrows(members) {
  return members.flatMap(({ path, name, isApp, dependencies }) =>
    dependencies.flatMap((dependency) => {
      if (dependency.startsWith("apps/")) return [`${name} must not depend on an app, got ${dependency}`];
      const [from, to] = [path, dependency].map((member) => layers.indexOf(member.split("/")[1]));
      // A package outside the list stands above all layers: nothing in the list may depend on it.
      if (isApp || from === -1) return [];
      return to > from ? [] : [`${name} must not depend on ${dependency}: arrows only point down ${layers.join(" > ")}`];
    }),
  );
}
