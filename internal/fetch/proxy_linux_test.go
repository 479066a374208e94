package fetch

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Real servers are asked through a tunnel that the proxy makes, which sees
// nothing of what comes.
func TestProxyForHTTPS(t *testing.T) {
	server := httptest.NewTLSServer(serve(text))
	defer server.Close()
	certificate := filepath.Join(t.TempDir(), "certificate.pem")
	block := pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	require.NoError(t, os.WriteFile(certificate, pem.EncodeToMemory(&block), 0o666))
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host)
		tunnel(w, server.Listener.Addr().String())
	}))
	defer proxy.Close()
	d, dir := pinned(t, text, nil), t.TempDir()
	d.Files[0].URL = "https://example.com/text" // the name in the certificate
	c := start(t, order{Dataset: d, Dir: dir}, "HTTPS_PROXY="+proxy.URL, "https_proxy=", "NO_PROXY=", "no_proxy=", "SSL_CERT_FILE="+certificate)
	c.until(t, "got")
	require.NoError(t, c.Wait())
	proxy.Close()
	require.Equal(t, []string{"CONNECT example.com:443"}, asked)
	requireContent(t, filepath.Join(dir, d.Path()), text)
}

// tunnel connects whoever asked with the server at address.
func tunnel(w http.ResponseWriter, address string) {
	to, err := net.Dial("tcp", address)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
	go io.Copy(to, from)
	io.Copy(from, to)
}
