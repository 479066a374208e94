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
	_, err := d.get(t.Context(), dir, func(Report) {})
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "300 kB are needed in "+dir)
	only(t, dir)
	get(t, d, dir, text) // and later there is room
}

// A disk may be full when the transfer is over, too.
func TestAFullDiskForTheMember(t *testing.T) {
	d, dir := pinned(t, text, serve(archive(t, "messages"))), t.TempDir()
	d.Files[0].Member = "messages"
	_, err := d.get(t.Context(), dir, func(r Report) {
		if r.Done == r.Total { // the archive has come
			member := filepath.Join(dir, ".text.txt."+d.Files[0].SHA256[:8]+".member")
			if err := os.Symlink("/dev/full", member); !os.IsExist(err) {
				require.NoError(t, err)
			}
		}
	})
	require.ErrorIs(t, err, syscall.ENOSPC)
	only(t, dir)
}

// Without room for the weights nothing of a model is left, not even what there
// was room for.
func TestAFullDiskForAModel(t *testing.T) {
	d, dir, _ := served(t, nil)
	build := buildFolder(dir, d)
	require.NoError(t, os.Mkdir(build, 0o777))
	weights := d.Files[2]
	weights.SHA256 = sumHex(text)
	require.NoError(t, os.Symlink("/dev/full", weights.part(filepath.Join(build, weights.Name))))
	_, err := d.get(t.Context(), dir, func(Report) {})
	require.ErrorIs(t, err, syscall.ENOSPC)
	only(t, dir)
}

// The note is a file, too.
func TestAFullDiskForTheNote(t *testing.T) {
	d, dir, _ := served(t, nil)
	build := buildFolder(dir, d)
	require.NoError(t, os.Mkdir(build, 0o777))
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(build, "."+noteFile+".part")))
	_, err := d.get(t.Context(), dir, func(Report) {})
	require.ErrorIs(t, err, syscall.ENOSPC)
	only(t, dir)
}
