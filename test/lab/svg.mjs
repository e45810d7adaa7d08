/** Icons as their own text: a LabIcon cannot be made of a stub. */
export default {
  process: source => ({ code: `module.exports = ${JSON.stringify(source)};` })
};
