import type { Kernel } from '@jupyterlab/services';
import { applyToKernel, askKernel, isSpoken } from '../../../src/lab/notebook/kernel';

/** A kernel that notes what it was asked, and answers expressions with `answer`. */
function kernelAnswering(answer?: string): { kernel: Kernel.IKernelConnection; asked: unknown[] } {
  const asked: unknown[] = [];
  const kernel = {
    requestExecute: (content: unknown) => {
      asked.push(content);
      const data = answer === undefined ? {} : { 'text/plain': answer };
      return { done: Promise.resolve({ content: { status: 'ok', user_expressions: { branch: { data } } } }) };
    }
  };
  return { kernel: kernel as unknown as Kernel.IKernelConnection, asked };
}

const CHOICE = { repository: 'quickstart', branch: 'test-env' };

test('a kernel is told its branch silently, before anything that is sent later', () => {
  const { kernel, asked } = kernelAnswering();
  void applyToKernel({ kernel, language: 'python' }, CHOICE);
  expect(asked).toEqual([
    {
      code: `__import__('databranch').use("test-env", repository="quickstart")`,
      silent: true,
      store_history: false
    }
  ]);
});

test.each([
  [`'quickstart/test-env'`, CHOICE],
  ['None', null],
  [undefined, null]
])('a kernel that answers %s works on %j', async (answer, choice) => {
  const { kernel } = kernelAnswering(answer);
  expect(await askKernel({ kernel, language: 'python' })).toEqual(choice);
});

test('a kernel of another language is left alone', async () => {
  const { kernel, asked } = kernelAnswering();
  await applyToKernel({ kernel, language: 'julia' }, CHOICE);
  expect(await askKernel({ kernel, language: 'julia' })).toBeNull();
  expect(asked).toEqual([]);
  expect(isSpoken('julia')).toBe(false);
});
