// The version of the package. A test holds it to package.json, which a bundle has no path to.

export const VERSION = '0.3.0';
