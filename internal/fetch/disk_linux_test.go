package fetch

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Linux has a file that is always full: what comes is written to that.
func TestAFullDisk(t *testing.T) {
	d, dir := pinned(t, text, serve(text)), t.TempDir()
	require.NoError(t, os.Symlink("/dev/full", part(dir, d)))
	_, err := d.get(t.Context(), dir, "", func(Report) {})
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "300 kB are needed in "+dir)
	only(t, dir)
	get(t, d, dir, text) // and later there is room
}

// A disk may be full when the transfer is over, too.
func TestAFullDiskForTheMember(t *testing.T) {
	zipped := archive(t, "messages")
	d, dir := pinned(t, text, serve(zipped)), t.TempDir()
	d.Files[0].Member = "messages"
	_, err := d.get(t.Context(), dir, "", func(r Report) {
		if r.Done == int64(len(zipped)) { // all has come
			member := d.Files[0].beside(filepath.Join(dir, "text.txt"), "copy")
			if err := os.Symlink("/dev/full", member); !os.IsExist(err) {
				require.NoError(t, err)
			}
		}
	})
	require.ErrorIs(t, err, syscall.ENOSPC)
	only(t, dir)
}

// Without room for the weights nothing of a model is left, not even what there
// was room for; nor without room for a small file.
func TestAFullDiskForAModel(t *testing.T) {
	for n := range 3 {
		d, dir, _ := served(t, nil)
		build := filepath.Join(dir, ".model.part")
		require.NoError(t, os.Mkdir(build, 0o777))
		f, kind := d.Files[n], "part"
		if f.URL == "" {
			kind = "copy"
		}
		require.NoError(t, os.Symlink("/dev/full", f.beside(filepath.Join(build, f.Name), kind)))
		_, err := d.get(t.Context(), dir, "", func(Report) {})
		require.ErrorIs(t, err, syscall.ENOSPC, f.Name)
		only(t, dir)
	}
}
