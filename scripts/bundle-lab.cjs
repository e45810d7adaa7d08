/**
 * Asks the browser to compile all of a script while it is read, in another thread. Without that the main thread stops at
 * the first call of each function to compile it. Chromium does so since 136; to others it is a comment.
 */
const COMPILE_ALL = '//# allFunctionsCalledOnLoad\n';

/**
 * Marks the scripts that JupyterLab runs at its start, when the main thread is what everything waits for. Not those that
 * views load later: nothing else keeps the main thread busy then, and much of them may never be called.
 */
class StartCompiledElsewhere {
  apply(compiler) {
    const { Compilation, sources } = compiler.webpack;
    const { name } = StartCompiledElsewhere;
    compiler.hooks.thisCompilation.tap(name, compilation => {
      // After minifying, which takes comments away; before source maps count lines, and names get a hash of all this.
      const stage = Compilation.PROCESS_ASSETS_STAGE_DEV_TOOLING - 1;
      compilation.hooks.processAssets.tap({ name, stage }, () => {
        for (const chunk of [...compilation.chunks].filter(isAtStart)) {
          for (const file of chunk.files) {
            compilation.updateAsset(file, source => new sources.ConcatSource(COMPILE_ALL, source));
          }
        }
      });
    });
  }
}

/** Whether it is the entry, or belongs to what the entry itself gives: the plugins, not what these load. */
function isAtStart({ groupsIterable }) {
  return [...groupsIterable].some(group => [group, ...group.getParents()].some(one => one.isInitial()));
}

/** What JupyterLab's builder adds to its own configuration of the bundler. */
module.exports = { plugins: [new StartCompiledElsewhere()] };
