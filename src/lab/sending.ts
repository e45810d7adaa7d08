/**
 * A `fetch` for one request with a body that tells how much of it has gone out, which the browser's own does not.
 *
 * @param body - the request's body, which a `Request` no longer gives
 * @param onSent - called with the bytes that went out so far
 */
export function fetchTelling(body: Blob, onSent: (bytes: number) => void): typeof fetch {
  return input => {
    const request = input as Request;
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open(request.method, request.url);
      request.headers.forEach((value, name) => xhr.setRequestHeader(name, value));
      xhr.responseType = 'text';
      xhr.upload.onprogress = ({ loaded }) => onSent(loaded);
      xhr.onload = () => resolve(new Response(xhr.responseText || null, { status: xhr.status }));
      xhr.onerror = () => reject(new TypeError('The request got no answer.'));
      xhr.onabort = () => reject(request.signal.reason);
      request.signal.addEventListener('abort', () => xhr.abort(), { once: true });
      xhr.send(body);
    });
  };
}
