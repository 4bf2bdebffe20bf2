const anyOf = (paths) => paths.map((path) => path.replaceAll(".", "\\.")).join("|");
const tests = "\\.(test|bench|test-d)\\.ts$";

/**
 * The rules of dependency-cruiser for a workspace.
 *
 * @param {ReturnType<import("./members.js").readMembers>} members - Its packages and apps.
 */
export function boundaryRules(members) {
  const forbidden = [
    {
      name: "no circle",
      comment: "Imports must not run in a circle; types, which are erased, may.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "resolvable",
      comment: "An import must name a file, or a package that package.json declares.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ];
  for (const member of members) {
    const source = `^${member.path}/src/`;
    const others = `^(packages|apps)/(?!${member.path.split("/")[1]}/)`;
    forbidden.push(
      {
        name: `${member.path}: declared only`,
        comment: `${member.name} may only import what its "dependencies" name.`,
        severity: "error",
        from: { path: source, pathNot: tests },
        to: { path: others, pathNot: `^(${anyOf(member.dependencies) || "none"})/` },
      },
      {
        name: `${member.path}: declared only, in tests`,
        comment: `The tests of ${member.name} may only import what its package.json names.`,
        severity: "error",
        from: { path: `${source}.*${tests}` },
        to: { path: others, pathNot: `^(${anyOf([...member.dependencies, ...member.devDependencies]) || "none"})/` },
      },
      {
        name: `${member.path}: public entries only`,
        comment: `${member.name} is used through the entries of its "exports".`,
        severity: "error",
        from: { path: "^(packages|apps)/", pathNot: `^${member.path}/` },
        to: { path: `^${member.path}/`, ...(member.entries.length > 0 && { pathNot: `^(${anyOf(member.entries)})$` }) },
      },
    );
  }
  return forbidden;
}
